//! What happens when a room's page opens: the lobby, straight into the room, or back into the call after a
//! reload.

use crate::{
    call::{input::Command, view::DeviceKind},
    protocol::{DisplayName, RoomName},
};

/// How long after its last page went away a tab goes back into its call; about as long as the server keeps a
/// seat. A tab that is opened again the next day does not. Unit: millisecond.
const RELOAD_MS: u64 = 30_000;

/// What a page knows when it opens.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// The room of the page.
    pub room: RoomName,
    /// The link says `join=now`, and may.
    pub join_now: bool,
    /// Another site has led here, and there are devices. None of them is asked for at once.
    pub by_other_site: bool,
    /// The name in the link, unchecked.
    pub name_in_link: Option<String>,
    /// The name last given in this browser, unchecked.
    pub remembered_name: Option<String>,
    /// Opened by a reload or through the history, not by a link.
    pub revisited: bool,
    /// How long ago the last page of this tab went away, if it is known. Unit: millisecond.
    pub away_ms: Option<u64>,
    /// This tab has a seat in the room.
    pub has_seat: bool,
    /// The devices that were switched off in this tab.
    pub switched_off: Vec<DeviceKind>,
    /// The last page of this tab shared a screen.
    pub was_sharing: bool,
}

/// What a page does when it opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArrivalPlan {
    /// The name to join under, unless another is given.
    pub name: Option<DisplayName>,
    /// What to tell the call, in this order.
    pub commands: Vec<Command>,
}

impl Arrival {
    /// Decides what the page does.
    pub fn plan(self) -> ArrivalPlan {
        // A reload that found no server is an ordinary navigation to Chromium, when it is tried again.
        let by_person = self.revisited || !self.by_other_site;
        let returns = by_person && self.has_seat && follows_page(self.away_ms);
        let name = self.name_in_link.or(self.remembered_name);
        let name = name.and_then(|name| DisplayName::from_typed(&name));
        let mut commands = if returns && !self.switched_off.is_empty() {
            let switch = |kind| Command::Switch { kind, on: !self.switched_off.contains(&kind) };
            DeviceKind::BOTH.map(switch).to_vec()
        } else if self.by_other_site && !returns {
            vec![Command::AwaitConsent]
        } else {
            vec![Command::SwitchOnBoth]
        };
        if returns && self.was_sharing {
            commands.push(Command::SharingInterrupted);
        }
        if returns || self.join_now {
            commands.push(Command::Join { room: self.room, name: name.clone() });
        }
        ArrivalPlan { name, commands }
    }
}

/// Whether the last page of this tab went away just now: then this page is its successor, and not a
/// duplicated tab.
pub fn follows_page(away_ms: Option<u64>) -> bool {
    away_ms.is_some_and(|ms| ms < RELOAD_MS)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn by_link() -> Arrival {
        Arrival {
            room: "tea".parse().unwrap(),
            join_now: false,
            by_other_site: false,
            name_in_link: None,
            remembered_name: Some("Ada".to_owned()),
            revisited: false,
            away_ms: None,
            has_seat: false,
            switched_off: Vec::new(),
            was_sharing: false,
        }
    }

    fn reloaded() -> Arrival {
        Arrival { revisited: true, away_ms: Some(300), has_seat: true, ..by_link() }
    }

    fn join(name: &str) -> Command {
        Command::Join { room: "tea".parse().unwrap(), name: Some(name.parse().unwrap()) }
    }

    #[test]
    fn a_link_leads_to_the_lobby_with_both_devices_on() {
        assert_eq!(by_link().plan().commands, [Command::SwitchOnBoth]);
    }

    #[test]
    fn a_link_on_another_site_asks_for_no_device() {
        let plan = Arrival { by_other_site: true, ..by_link() }.plan();
        assert_eq!(plan.commands, [Command::AwaitConsent]);
        let plan = Arrival { by_other_site: true, ..reloaded() }.plan();
        assert_eq!(plan.commands, [Command::SwitchOnBoth, join("Ada")], "the person was in the call already");
    }

    #[test]
    fn join_now_leads_straight_into_the_room() {
        let plan = Arrival { join_now: true, ..by_link() }.plan();
        assert_eq!(plan.commands, [Command::SwitchOnBoth, join("Ada")]);
    }

    #[test]
    fn the_name_in_the_link_comes_before_the_remembered_one() {
        let plan = Arrival { join_now: true, name_in_link: Some(" Ben ".to_owned()), ..by_link() }.plan();
        assert_eq!((plan.name, &plan.commands[1]), (Some("Ben".parse().unwrap()), &join("Ben")));
        let plan = Arrival { name_in_link: Some(String::new()), ..by_link() }.plan();
        assert_eq!(plan.name, None, "no name is a name, too");
    }

    #[test]
    fn a_reload_leads_back_into_the_call() {
        assert_eq!(reloaded().plan().commands, [Command::SwitchOnBoth, join("Ada")]);
    }

    #[test]
    fn after_a_reload_devices_that_were_off_stay_off() {
        let plan = Arrival { switched_off: vec![DeviceKind::Camera], ..reloaded() }.plan();
        let switch = |kind, on| Command::Switch { kind, on };
        let devices = [switch(DeviceKind::Microphone, true), switch(DeviceKind::Camera, false)];
        assert_eq!((&plan.commands[..2], &plan.commands[2]), (&devices[..], &join("Ada")));
    }

    #[test]
    fn after_a_reload_that_ended_sharing_the_person_is_told() {
        let plan = Arrival { was_sharing: true, ..reloaded() }.plan();
        assert_eq!(plan.commands, [Command::SwitchOnBoth, Command::SharingInterrupted, join("Ada")]);
        let plan = Arrival { was_sharing: true, has_seat: false, ..reloaded() }.plan();
        assert_eq!(plan.commands, [Command::SwitchOnBoth], "it was in another call");
    }

    #[test]
    fn a_reload_that_found_no_server_leads_back_when_it_is_tried_again() {
        let again = Arrival { revisited: false, ..reloaded() };
        assert_eq!(again.plan().commands, [Command::SwitchOnBoth, join("Ada")]);
        let led_here = Arrival { revisited: false, by_other_site: true, ..reloaded() };
        assert_eq!(led_here.plan().commands, [Command::AwaitConsent], "another site is no reload");
    }

    #[test]
    fn only_the_successor_of_a_page_with_a_seat_goes_back_into_the_call() {
        for elsewhere in [
            Arrival { has_seat: false, ..reloaded() },
            Arrival { away_ms: None, ..reloaded() },
            Arrival { away_ms: Some(RELOAD_MS), ..reloaded() },
        ] {
            let arrival = Arrival { switched_off: vec![DeviceKind::Camera], ..elsewhere };
            assert_eq!(arrival.plan().commands, [Command::SwitchOnBoth]);
        }
    }
}
