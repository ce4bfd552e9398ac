//! Whatever people and channels do, in whatever order: once everybody is connected, every file that was
//! accepted is there and the same, or has ended for both.

use proptest::{collection::vec, prelude::*};

use super::{stage::*, *};

const PEOPLE: [&str; 3] = ["ada", "bob", "eve"];
const SIZES: [usize; 5] = [0, 1, 70_000, 1_500_000, 9_500_000];

#[derive(Debug, Clone)]
enum Step {
    Send(usize, usize),
    Accept(prop::sample::Index),
    Cancel(prop::sample::Index),
    Cut(usize, usize),
    Mend(usize, usize),
    Break(usize, usize),
    Deliver(usize),
    Pass(u64),
}

fn any_step() -> impl Strategy<Value = Step> {
    let who = || 0..PEOPLE.len();
    let which = any::<prop::sample::Index>;
    prop_oneof![
        3 => (who(), 0..SIZES.len()).prop_map(|(who, size)| Step::Send(who, size)),
        5 => which().prop_map(Step::Accept),
        1 => which().prop_map(Step::Cancel),
        2 => (who(), who()).prop_map(|(one, other)| Step::Cut(one, other)),
        2 => (who(), who()).prop_map(|(one, other)| Step::Mend(one, other)),
        2 => (who(), who()).prop_map(|(one, other)| Step::Break(one, other)),
        6 => (0..100_usize).prop_map(Step::Deliver),
        1 => (0..3_000_u64).prop_map(Step::Pass),
    ]
}

fn run(steps: Vec<Step>) {
    let mut stage = Stage::of(PEOPLE);
    let mut sent: Vec<(usize, FileId, usize)> = Vec::new();
    let cuts: Vec<_> = steps
        .iter()
        .filter_map(|step| if let Step::Cut(one, other) = step { Some([*one, *other]) } else { None })
        .collect();
    for step in steps {
        match step {
            Step::Send(who, size) => {
                let content = some_bytes(SIZES[size]);
                sent.push((who, stage.sends_unsettled(PEOPLE[who], None, "a", "", &content), size));
            }
            Step::Accept(which) if !sent.is_empty() => {
                let (from, id, _) = sent[which.index(sent.len())];
                for who in (0..PEOPLE.len()).filter(|who| *who != from) {
                    stage.accepts_unsettled(PEOPLE[who], PEOPLE[from], id);
                }
            }
            Step::Cancel(which) if !sent.is_empty() => {
                let (from, id, _) = sent[which.index(sent.len())];
                let to = PEOPLE[(from + 1) % PEOPLE.len()];
                let (who, key) = if id.to_string().ends_with(['0', '2', '4', '6', '8', 'a', 'c', 'e']) {
                    (to, stage.key(PEOPLE[from], id, Direction::In))
                } else {
                    (PEOPLE[from], stage.key(to, id, Direction::Out))
                };
                stage.input(who, Input::Cancel(key));
            }
            Step::Cut(one, other) if one != other => stage.cuts(PEOPLE[one], PEOPLE[other]),
            Step::Mend(one, other) if one != other => stage.mends(PEOPLE[one], PEOPLE[other]),
            Step::Break(one, other) if one != other => stage.breaks_channels(PEOPLE[one], PEOPLE[other]),
            Step::Deliver(count) => stage.delivers_some(count),
            Step::Pass(ms) => stage.time_passes(ms),
            // Nobody is cut off from themselves, and nothing was sent yet.
            Step::Accept(_) | Step::Cancel(_) | Step::Cut(..) | Step::Mend(..) | Step::Break(..) => {}
        }
    }
    for (one, other) in [(0, 1), (1, 2), (0, 2)] {
        stage.mends(PEOPLE[one], PEOPLE[other]);
    }
    stage.settles();
    stage.time_passes(100_000);
    for (from, id, size) in sent {
        for to in (0..PEOPLE.len()).filter(|to| *to != from) {
            let was_cut = cuts.contains(&[from, to]) || cuts.contains(&[to, from]);
            check(&mut stage, PEOPLE[from], PEOPLE[to], id, SIZES[size], was_cut);
        }
    }
}

fn check(stage: &mut Stage, from: &str, to: &str, id: FileId, size: usize, was_cut: bool) {
    let (out, incoming) = (stage.key(to, id, Direction::Out), stage.key(from, id, Direction::In));
    let state = |stage: &mut Stage, who: &str, key| {
        let view = stage.view(who);
        view.entries.iter().find(|entry| entry.key == key).map(|entry| entry.state)
    };
    match (state(stage, from, out), state(stage, to, incoming)) {
        (Some(State::Done), Some(State::Done)) => {
            assert!(
                stage.page(to).sinks[&incoming].bytes == some_bytes(size),
                "what arrived is what was sent"
            );
        }
        (Some(State::Offered), Some(State::Offered)) => {}
        // Cancelled when the other one had it all, and could not say so.
        (Some(State::Ended(Ending::Cancelled)), Some(State::Done)) if was_cut => {}
        // Ended by one of them, maybe before the other heard of it.
        (Some(State::Ended(_)), Some(State::Ended(_) | State::Offered) | None) => {}
        states => panic!("{from} to {to}: {states:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn every_file_arrives_or_ends_for_both(steps in vec(any_step(), 0..40)) {
        run(steps);
    }
}
