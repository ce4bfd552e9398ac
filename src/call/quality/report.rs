//! A report to hand to somebody who helps: English, and without names. Addresses are in it only if wanted.

use super::{
    history::Connection,
    reading::{Limit, PathKind, Transport},
    sample::{Flow, Sample},
    verdict::{Cause, Grade, Verdict},
};

/// Writes a connection, which is the one with this number.
pub(super) fn write(
    out: &mut String,
    number: usize,
    connection: &Connection,
    verdict: Option<Verdict>,
    with_addresses: bool,
) {
    let mut line = |parts: &[&str]| {
        parts.iter().for_each(|part| out.push_str(part));
        out.push('\n');
    };
    line(&["connection ", &number.to_string(), ": ", &judged(verdict)]);
    let Some(last) = connection.samples.last() else { return };
    line(&["  path: ", &path(last)]);
    if let (true, Some([own, theirs])) = (with_addresses, &connection.last.addresses) {
        line(&["  addresses: ", own, " to ", theirs]);
    }
    let round_trips = || connection.samples.iter().filter_map(|sample| sample.round_trip_ms);
    line(&["  round trip: ", &range(round_trips(), " ms")]);
    for (name, flow) in [("received", as_received as fn(&Sample) -> Flow), ("sent", as_sent)] {
        let flows = || connection.samples.iter().map(flow);
        line(&["  ", name, ": ", &in_words(flow(last))]);
        line(&["    bitrate: ", &range(flows().map(|flow| flow.kilobits), " kbit/s")]);
        line(&["    loss: ", &range(flows().filter_map(|flow| flow.loss()), " of 1000 packets")]);
    }
}

fn as_received(sample: &Sample) -> Flow {
    sample.received
}

fn as_sent(sample: &Sample) -> Flow {
    sample.sent
}

fn judged(verdict: Option<Verdict>) -> String {
    let Some(Verdict { grade, cause }) = verdict else { return "not judged yet".to_owned() };
    let grade = match grade {
        Grade::Good => "good",
        Grade::Fair => "fair",
        Grade::Poor => "poor",
    };
    let cause = match cause {
        None => "",
        Some(Cause::OwnNetwork) => ", own network",
        Some(Cause::TheirNetwork) => ", their network",
        Some(Cause::OwnProcessor) => ", own computer",
        Some(Cause::TheirProcessor) => ", their computer",
        Some(Cause::Unknown) => ", network in between",
    };
    [grade, cause].concat()
}

fn path(sample: &Sample) -> String {
    let Some(path) = sample.path else { return "unknown".to_owned() };
    let kind = match path.kind {
        PathKind::Direct => "direct",
        PathKind::Reflexive => "reflexive",
        PathKind::Relay => "relay",
    };
    let transport = match path.transport {
        Transport::Udp => "UDP",
        Transport::Tcp => "TCP",
        Transport::Tls => "TLS",
    };
    [kind, ", ", transport].concat()
}

fn in_words(flow: Flow) -> String {
    let mut words = vec![[&flow.kilobits.to_string(), " kbit/s"].concat()];
    if let Some(jitter_ms) = flow.jitter_ms {
        words.push(["jitter ", &jitter_ms.to_string(), " ms"].concat());
    }
    if let Some(picture) = flow.picture {
        let [width, height] = [picture.width, picture.height].map(|side| side.to_string());
        words.push([&width, "x", &height, ", ", &picture.rate.to_string(), " frames/s"].concat());
        match picture.limit {
            Some(Limit::Processor) => words.push("limited by the processor".to_owned()),
            Some(Limit::Bandwidth) => words.push("limited by the bandwidth".to_owned()),
            Some(Limit::Other) => words.push("limited".to_owned()),
            Some(Limit::None) | None => {}
        }
    }
    if let Some(codec) = flow.codec {
        words.push(codec.as_str().to_owned());
    }
    words.join(", ")
}

/// The newest value, and the smallest and largest of the last two minutes.
fn range(values: impl Iterator<Item = u32> + Clone, unit: &str) -> String {
    let ends = values.clone().last().zip(values.clone().min().zip(values.max()));
    let Some((last, (min, max))) = ends else { return "unknown".to_owned() };
    let [last, min, max] = [last, min, max].map(|value| value.to_string());
    [&last, unit, " (", &min, " to ", &max, ")"].concat()
}
