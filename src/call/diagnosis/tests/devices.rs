//! What is known of the devices, and what it means.

use crate::call::{
    DeviceState, MediaProblem,
    diagnosis::{DevicesSeen, Permission, Reason},
};

fn seen() -> DevicesSeen {
    DevicesSeen { is_secure: true, is_offered: true, present: [Some(true); 2], ..DevicesSeen::default() }
}

#[test]
fn devices_that_are_there_and_may_be_used_are_fine() {
    assert_eq!(seen().result(), Ok(()));
    let on = DevicesSeen { states: [DeviceState::On; 2], present: [Some(false); 2], ..seen() };
    assert_eq!(on.result(), Ok(()), "what is on is there");
    assert_eq!(DevicesSeen { present: [None; 2], ..seen() }.result(), Ok(()));
}

#[test]
fn one_device_is_enough_and_none_is_not() {
    assert_eq!(DevicesSeen { present: [Some(true), Some(false)], ..seen() }.result(), Ok(()));
    let none = DevicesSeen { present: [Some(false); 2], ..seen() };
    assert_eq!(none.result(), Err(Reason::NotFound));
}

#[test]
fn what_the_page_has_tried_says_more_than_the_browser() {
    for (problem, reason) in [
        (MediaProblem::Denied, Reason::Denied),
        (MediaProblem::InUse, Reason::InUse),
        (MediaProblem::Paused, Reason::InUse),
        (MediaProblem::Other, Reason::InUse),
        (MediaProblem::Insecure, Reason::NotSecure),
        (MediaProblem::NotOffered, Reason::NotSupported),
    ] {
        let states = [DeviceState::On, DeviceState::Problem(problem)];
        assert_eq!(DevicesSeen { states, ..seen() }.result(), Err(reason), "{problem:?}");
    }
}

#[test]
fn a_permission_that_was_denied_counts_until_the_device_is_on() {
    let permissions = [Permission::Possible, Permission::Denied];
    assert_eq!(DevicesSeen { permissions, ..seen() }.result(), Err(Reason::Denied));
    let states = [DeviceState::Off, DeviceState::On];
    assert_eq!(DevicesSeen { permissions, states, ..seen() }.result(), Ok(()));
}

#[test]
fn an_address_that_is_not_secure_explains_all_the_rest() {
    let not_secure = DevicesSeen { is_secure: false, is_offered: false, ..seen() };
    assert_eq!(not_secure.result(), Err(Reason::NotSecure));
    assert_eq!(DevicesSeen { is_offered: false, ..seen() }.result(), Err(Reason::NotSupported));
}
