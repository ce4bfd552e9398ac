//! Whatever people, pages and channels do, in whatever order: no message is lost, none is doubled, and there
//! is one order.

use std::collections::BTreeMap;

use proptest::{collection::vec, prelude::*};

use super::{stage::Stage, *};

const PEOPLE: [&str; 4] = ["ada", "bob", "eve", "fay"];

#[derive(Debug, Clone)]
enum Step {
    Join(usize),
    Leave(usize),
    Reload(usize),
    Cut(usize, usize),
    Mend(usize, usize),
    Write(usize),
    Whisper(usize, usize),
    Edit(usize, prop::sample::Index),
    /// Only so many of the messages that are under way arrive.
    Deliver(usize),
    Pass(u64),
}

fn any_step() -> impl Strategy<Value = Step> {
    let who = || 0..PEOPLE.len();
    prop_oneof![
        4 => who().prop_map(Step::Join),
        1 => who().prop_map(Step::Leave),
        2 => who().prop_map(Step::Reload),
        3 => (who(), who()).prop_map(|(one, other)| Step::Cut(one, other)),
        3 => (who(), who()).prop_map(|(one, other)| Step::Mend(one, other)),
        8 => who().prop_map(Step::Write),
        2 => (who(), who()).prop_map(|(one, other)| Step::Whisper(one, other)),
        2 => (who(), any::<prop::sample::Index>()).prop_map(|(who, which)| Step::Edit(who, which)),
        4 => (0..6_usize).prop_map(Step::Deliver),
        2 => (0..20_000_u64).prop_map(Step::Pass),
    ]
}

/// What was written, by whom, and to whom if not to everybody.
struct Written {
    by: &'static str,
    to: Option<&'static str>,
    /// The page that wrote it is gone, and with it a change that it has not told everybody.
    author_left: bool,
}

fn run(steps: Vec<Step>) {
    let mut stage = Stage::empty();
    let mut written = BTreeMap::<MessageId, Written>::new();
    for step in steps {
        let is_there = |stage: &Stage, who: &str| stage.names().iter().any(|name| name == who);
        match step {
            Step::Join(who) if !is_there(&stage, PEOPLE[who]) => stage.joins(PEOPLE[who]),
            Step::Leave(who) if is_there(&stage, PEOPLE[who]) => {
                stage.goes(PEOPLE[who]);
                for one in written.values_mut().filter(|one| one.by == PEOPLE[who]) {
                    one.author_left = true;
                }
            }
            Step::Reload(who) if is_there(&stage, PEOPLE[who]) => stage.reloads(PEOPLE[who]),
            Step::Cut(one, other) if one != other => stage.cuts(PEOPLE[one], PEOPLE[other]),
            Step::Mend(one, other) if [one, other].iter().all(|who| is_there(&stage, PEOPLE[*who])) => {
                stage.mends(PEOPLE[one], PEOPLE[other]);
            }
            Step::Write(who) if is_there(&stage, PEOPLE[who]) && stage.may_write(PEOPLE[who]) => {
                let id = stage.writes_unsent(PEOPLE[who], &written.len().to_string(), None);
                written.insert(id, Written { by: PEOPLE[who], to: None, author_left: false });
            }
            Step::Whisper(one, other)
                if one != other
                    && [one, other].iter().all(|who| is_there(&stage, PEOPLE[*who]))
                    && stage.may_write(PEOPLE[one]) =>
            {
                let to = stage.page(PEOPLE[other]).seat;
                let id = stage.writes_unsent(PEOPLE[one], &written.len().to_string(), Some(to));
                let to = Some(PEOPLE[other]);
                written.insert(id, Written { by: PEOPLE[one], to, author_left: false });
            }
            Step::Edit(who, which) if is_there(&stage, PEOPLE[who]) => {
                let own: Vec<_> =
                    stage.view(PEOPLE[who]).entries.into_iter().filter(|entry| entry.own).collect();
                if !own.is_empty() {
                    stage.input(
                        PEOPLE[who],
                        Input::Change { id: which.get(&own).id, text: Some("changed".to_owned()) },
                    );
                }
            }
            Step::Deliver(count) => stage.delivers(count),
            Step::Pass(ms) => stage.time_passes(ms),
            Step::Join(_)
            | Step::Leave(_)
            | Step::Reload(_)
            | Step::Cut(..)
            | Step::Mend(..)
            | Step::Write(_)
            | Step::Whisper(..)
            | Step::Edit(..) => {}
        }
        // Gone with the last page that had it: nothing is stored.
        let held =
            |id: &MessageId| stage.names().iter().any(|who| stage.page(who).chat.log.get(*id).is_some());
        written.retain(|id, _| held(id));
    }
    stage.reconnects_all();
    stage.time_passes(300_000);
    check(&stage, &written);
}

fn check(stage: &Stage, written: &BTreeMap<MessageId, Written>) {
    let names = stage.names();
    let public = |who: &str| -> Vec<_> {
        let entries = stage.view(who).entries.into_iter().filter(|entry| entry.to.is_none());
        entries.map(|entry| entry.id).collect()
    };
    for who in &names {
        assert_eq!(public(who), public(&names[0]), "{who} sees what {} sees, in this order", names[0]);
        let view = stage.view(who);
        for (id, Written { by, to, .. }) in written {
            let seen: Vec<_> = view.entries.iter().filter(|entry| entry.id == *id).collect();
            let expected = to.is_none_or(|to| who == to || who == by);
            assert!(seen.len() <= 1, "once");
            assert!(expected || seen.is_empty(), "{who} sees what is between {by} and {to:?}");
            if to.is_none() {
                assert_eq!(seen.len(), 1, "{who} does not see a message of {by}");
            }
        }
        // Whoever left without a trace is waited for no longer; a private message to them stays undelivered.
        for entry in view.entries {
            assert!(entry.waiting.iter().all(|one| !one.present), "{who} waits for somebody who is there");
        }
    }
    // Changes have reached everybody, if the author is there.
    for (id, _) in written.iter().filter(|(_, one)| one.to.is_none() && !one.author_left) {
        let texts: Vec<_> = names
            .iter()
            .map(|who| stage.view(who).entries.into_iter().find(|entry| entry.id == *id).unwrap().text)
            .collect();
        assert!(texts.windows(2).all(|two| two[0] == two[1]), "{texts:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_or_doubled_and_there_is_one_order(steps in vec(any_step(), 1..60)) {
        run(steps);
    }

    #[test]
    fn any_text_on_the_channel_is_survived(texts in vec(any::<String>(), 0..20)) {
        let mut stage = Stage::of(["ada", "bob"]);
        let peer = stage.page("ada").seat;
        for text in texts {
            stage.input("bob", Input::Received { peer, text });
        }
        prop_assert_eq!(stage.sees("bob").len(), 0);
    }
}
