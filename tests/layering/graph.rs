//! Which file of `src/` needs which, read from its text: `use` declarations and paths in code, followed
//! through re-exports to the file where the name is declared.
//!
//! In circles, what a file needs of the `mod.rs` of a folder that it is in does not count: the files of a
//! folder may implement parts of a type that its `mod.rs` declares.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// A path in code, by its segments from the root of the crate.
type ModulePath = Vec<String>;

/// The files of the crate by the path of their module.
pub(crate) struct Graph {
    files: BTreeMap<ModulePath, File>,
}

struct File {
    name: String,
    /// Paths that the code uses.
    uses: Vec<ModulePath>,
    /// Names that the module re-exports, and what they are.
    exports: BTreeMap<String, ModulePath>,
}

impl Graph {
    /// Reads all sources below this directory, with or without tests.
    pub(crate) fn read(root: &Path, with_tests: bool) -> Self {
        let mut texts = BTreeMap::new();
        for path in sources(root) {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            let module: ModulePath = name.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
            let is_test = module.iter().any(|one| one == "tests");
            if name == "main.rs" || (is_test && !with_tests) {
                continue;
            }
            let module = module.into_iter().filter(|one| one != "mod" && one != "lib").collect();
            texts.insert(module, (name, code(&fs::read_to_string(path).unwrap(), with_tests)));
        }
        Self::of(texts)
    }

    fn of(texts: BTreeMap<ModulePath, (String, String)>) -> Self {
        let modules: BTreeSet<_> = texts.keys().cloned().collect();
        let file = |(module, (name, text)): (ModulePath, (String, String))| {
            let file = read_file(name, &text, &module, &modules);
            (module, file)
        };
        Self { files: texts.into_iter().map(file).collect() }
    }

    /// Every use of one top-level module by another: the name of the file, and the two modules.
    pub(crate) fn arrows(&self) -> Vec<(&str, &str, &str)> {
        let modules: BTreeSet<_> = self.files.keys().filter_map(|module| module.first()).collect();
        let mut arrows = Vec::new();
        for (module, file) in &self.files {
            let from = module.first().map_or("lib", String::as_str);
            for path in file.uses.iter().chain(file.exports.values()) {
                if let Some(to) = path.first().filter(|to| *to != from && modules.contains(to)) {
                    arrows.push((&*file.name, from, &**to));
                }
            }
        }
        arrows
    }

    /// The groups of files that need each other in a circle, by their names.
    pub(crate) fn circles(&self) -> Vec<Vec<&str>> {
        let edges: BTreeMap<_, BTreeSet<_>> =
            self.files.keys().map(|from| (from, self.needs(from))).collect();
        let reached: BTreeMap<_, _> = edges.keys().map(|from| (*from, reachable(&edges, from))).collect();
        let group = |from: &ModulePath| -> Vec<&ModulePath> {
            reached[from].iter().filter(|to| reached[**to].contains(from)).copied().collect()
        };
        let groups: BTreeSet<_> =
            edges.keys().map(|from| group(from)).filter(|group| group.len() > 1).collect();
        let names = |group: Vec<&ModulePath>| group.into_iter().map(|one| &*self.files[one].name).collect();
        groups.into_iter().map(names).collect()
    }

    /// The modules that this one needs, other than those that it is inside of.
    fn needs(&self, from: &ModulePath) -> BTreeSet<&ModulePath> {
        let found = self.files[from].uses.iter().filter_map(|path| self.declared_in(path, 0));
        found.filter(|to| !from.starts_with(to)).collect()
    }

    /// The module in whose file the last name of a path is declared.
    fn declared_in(&self, path: &[String], depth: usize) -> Option<&ModulePath> {
        let at = (0..=path.len()).rev().find(|end| self.files.contains_key(&path[..*end]))?;
        let (module, file) = self.files.get_key_value(&path[..at])?;
        let export = path.get(at).and_then(|name| file.exports.get(name)).filter(|_| depth < 8);
        let followed = export.map(|target| [target, &path[at + 1..]].concat());
        followed.and_then(|path| self.declared_in(&path, depth + 1)).or(Some(module))
    }
}

fn reachable<'a>(
    edges: &BTreeMap<&'a ModulePath, BTreeSet<&'a ModulePath>>,
    from: &'a ModulePath,
) -> BTreeSet<&'a ModulePath> {
    let mut reached = BTreeSet::new();
    let mut waiting = vec![from];
    while let Some(one) = waiting.pop() {
        waiting.extend(edges[one].iter().filter(|to| reached.insert(**to)));
    }
    reached
}

fn read_file(name: String, text: &str, module: &ModulePath, modules: &BTreeSet<ModulePath>) -> File {
    let mut file = File { name, uses: Vec::new(), exports: BTreeMap::new() };
    // `use` declarations, with what stands before them on their line. Then every other path.
    let mut code = text;
    let mut others = String::new();
    while let Some(at) = find_use(code) {
        others.push_str(&code[..at]);
        let line = code[..at].rsplit('\n').next().unwrap_or_default();
        let is_export = line.contains("pub");
        let end = at + code[at..].find(';').unwrap();
        for (path, alias) in leaves(code[at + "use ".len()..end].trim()) {
            let Some(path) = absolute(&path, module, modules) else { continue };
            if is_export {
                file.exports.insert(alias, path);
            } else {
                file.uses.push(path);
            }
        }
        code = &code[end..];
    }
    others.push_str(code);
    file.uses.extend(paths(&others).filter_map(|path| absolute(&path, module, modules)));
    file
}

/// Where the next `use` begins.
fn find_use(code: &str) -> Option<usize> {
    let is_start = |at: usize| {
        let line = code[..at].rsplit('\n').next().unwrap_or_default().trim_start();
        line.is_empty() || (line.starts_with("pub") && line.ends_with(' ') && !line.contains(" fn "))
    };
    code.match_indices("use ").map(|(at, _)| at).find(|at| is_start(*at))
}

/// The paths of a `use` tree, each with the name it gets.
fn leaves(tree: &str) -> Vec<(Vec<String>, String)> {
    let Some((head, list)) = tree.split_once('{') else {
        let (path, alias) = tree.split_once(" as ").map_or((tree, None), |(path, alias)| (path, Some(alias)));
        let mut path: Vec<_> = path.split("::").map(|one| one.trim().to_owned()).collect();
        path.retain(|one| !one.is_empty());
        let ends_in_self = path.len() > 1 && path.last().is_some_and(|last| last == "self" || last == "*");
        if ends_in_self {
            path.pop();
        }
        let alias =
            alias.map_or_else(|| path.last().cloned().unwrap_or_default(), |alias| alias.trim().to_owned());
        return vec![(path, alias)];
    };
    let list = list.trim_end().trim_end_matches('}');
    let mut items = vec![String::new()];
    let mut depth = 0;
    for character in list.chars() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        match character {
            ',' if depth == 0 => items.push(String::new()),
            _ => items.last_mut().unwrap().push(character),
        }
    }
    let items = items.iter().map(|item| item.trim()).filter(|item| !item.is_empty());
    items.flat_map(|item| leaves(&format!("{head}{item}"))).collect()
}

/// All paths of two and more segments in code.
fn paths(code: &str) -> impl Iterator<Item = Vec<String>> {
    let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let words = code.split(move |c| !is_path(c)).filter(|word| word.contains("::"));
    words.map(|word| word.split("::").filter(|one| !one.is_empty()).map(str::to_owned).collect())
}

/// A path from the root of the crate; `None` for one that leads out of the crate.
fn absolute(path: &[String], module: &ModulePath, modules: &BTreeSet<ModulePath>) -> Option<ModulePath> {
    let mut base = module.clone();
    let mut rest = path;
    match path.first()?.as_str() {
        "crate" => (base, rest) = (Vec::new(), &path[1..]),
        "self" => rest = &path[1..],
        "super" => {
            while let [first, others @ ..] = rest
                && first == "super"
            {
                base.pop();
                rest = others;
            }
        }
        child => {
            base.push(child.to_owned());
            if !modules.contains(&base) {
                return None;
            }
            rest = &path[1..];
        }
    }
    base.extend(rest.iter().cloned());
    Some(base)
}

/// The text without comments and without what is in quotes, with or without the tests at its end.
pub(crate) fn code(text: &str, with_tests: bool) -> String {
    let before_tests = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let mut rest = if with_tests { text } else { before_tests };
    let mut code = String::new();
    while let Some(next) = rest.chars().next() {
        let after =
            |end: &str, from: usize| rest[from..].find(end).map_or(rest.len(), |at| from + at + end.len());
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            after("*/", 2)
        } else if rest.starts_with("r#\"") {
            after("\"#", 3)
        } else if next == '"' {
            string_end(rest)
        } else if rest.starts_with("'\\") {
            after("'", 3)
        } else if next == '\'' && rest.chars().nth(2) == Some('\'') {
            rest.char_indices().nth(3).map_or(rest.len(), |(at, _)| at)
        } else {
            0
        };
        if skipped == 0 {
            code.push(next);
        }
        rest = &rest[if skipped == 0 { next.len_utf8() } else { skipped }..];
    }
    code
}

/// The end of the text in quotes that begins here.
fn string_end(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            '"' if !is_escaped => return at + 1,
            _ => is_escaped = character == '\\' && !is_escaped,
        }
    }
    text.len()
}

/// Every source file below this directory.
pub(crate) fn sources(root: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut directories = vec![root.to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

#[test]
fn a_circle_is_found_through_braces_paths_and_re_exports() {
    let texts = [
        ("a/mod.rs", &["a"][..], "pub use self::one::First;\nmod one;\nmod two;"),
        ("a/one.rs", &["a", "one"], "use crate::{b::Third as Other, z};\nstruct First;"),
        ("a/two.rs", &["a", "two"], "fn f() { super::one::g(); }"),
        ("b.rs", &["b"], "struct Third { first: crate::a::First }"),
    ];
    let texts = texts.map(|(name, module, text)| {
        let module = module.iter().map(|one| (*one).to_owned()).collect();
        (module, (name.to_owned(), text.to_owned()))
    });
    let graph = Graph::of(texts.into());
    assert_eq!(graph.circles(), [["a/one.rs", "b.rs"]]);
    assert_eq!(graph.arrows(), [("a/one.rs", "a", "b"), ("b.rs", "b", "a")]);
}

#[test]
fn comments_and_texts_are_no_code() {
    let text = "let a = \"https://x\"; // crate::b\nlet c = ['\"', '\\'']; /* d */ \
                let e = \"\\\"crate::f\"; g::<'static>()";
    assert_eq!(code(text, false), "let a = ; \nlet c = [, ];  let e = ; g::<'static>()");
}
