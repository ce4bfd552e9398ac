//! What the page has recorded from its start: see `src/ui/pages/recorder.js`. Used only by a part of the
//! page that loads late.

use js_sys::{Array, Function};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

use super::js;
use crate::call::signals::{PageTimes, Recorded};

/// Member of `window` with the entries.
const RECORD: &str = "hallooRecord";

/// Member of the record that is called after each new entry.
const ON_ENTRY: &str = "onentry";

/// The record of this page.
#[derive(Clone)]
pub struct Record(Array);

impl Record {
    /// That of this page; pages without a call have none.
    pub fn of_page() -> Option<Self> {
        let window = web_sys::window()?;
        js::member(&window, RECORD)?.dyn_into().ok().map(Self)
    }

    /// What was recorded after the entry with this number.
    pub fn after(&self, number: u64) -> Vec<Recorded> {
        let mut newer: Vec<_> = (0..self.0.length())
            .rev()
            .map_while(|at| recorded(&self.0.get(at)).filter(|recorded| recorded.number > number))
            .collect();
        newer.reverse();
        newer
    }

    /// Runs something after each new entry, until what is returned is dropped.
    pub fn watch(&self, run: impl FnMut() + 'static) -> RecordWatch {
        let run = Closure::<dyn FnMut()>::new(run);
        js::set_member(&self.0, ON_ENTRY, run.as_ref());
        RecordWatch { record: self.0.clone(), _run: run }
    }
}

/// Ends when it is dropped.
pub struct RecordWatch {
    record: Array,
    _run: Closure<dyn FnMut()>,
}

impl Drop for RecordWatch {
    fn drop(&mut self) {
        js::set_member(&self.record, ON_ENTRY, &JsValue::UNDEFINED);
    }
}

/// An entry: number, time, kind, text, peer.
fn recorded(entry: &JsValue) -> Option<Recorded> {
    let entry = entry.dyn_ref::<Array>()?;
    let [number, at_ms] = [0, 1].map(|at| entry.get(at).as_f64());
    let text = |at| entry.get(at).as_string();
    Some(Recorded {
        number: number? as u64,
        at_us: (at_ms? * 1000.0) as u64,
        kind: text(2)?,
        text: text(3)?,
        peer: text(4).and_then(|id| id.parse().ok()),
    })
}

/// When the page came (W3C navigation-timing, section 3). By name, so that the generated glue does not grow.
pub fn page_times() -> PageTimes {
    let entry = || {
        let window = web_sys::window()?;
        let performance = js::member(&window, "performance")?;
        let read = js::member(&performance, "getEntriesByType")?.dyn_into::<Function>().ok()?;
        Some(Array::from(&read.call1(&performance, &"navigation".into()).ok()?).get(0))
    };
    let entry = entry().unwrap_or_default();
    let time =
        |name| js::member(&entry, name).and_then(|time| time.as_f64()).map_or(0, |ms| (ms * 1000.0) as u64);
    PageTimes { response_start_us: time("responseStart"), response_end_us: time("responseEnd") }
}

/// Puts a mark on the timeline of the browser, in place of an earlier one of this name (W3C user-timing).
pub fn mark(name: &str, at_us: u64) {
    let options: JsValue = js::dictionary(&[("startTime", (at_us as f64 / 1000.0).into())]);
    let Some(performance) = web_sys::window().and_then(|window| js::member(&window, "performance")) else {
        return;
    };
    for (method, options) in [("clearMarks", JsValue::UNDEFINED), ("mark", options)] {
        let method = js::member(&performance, method).and_then(|method| method.dyn_into::<Function>().ok());
        // Fails only in browsers without options of marks.
        let _ = method.map(|method| method.call2(&performance, &name.into(), &options));
    }
}
