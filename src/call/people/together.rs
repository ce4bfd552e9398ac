//! What people in the room do together beside talking: the lock, hands, reactions.
//!
//! The server decides; this holds what it has said. Hands of others are in the roster.

use crate::{
    call::{
        context::{Context, Timer},
        view::{ReactionView, TogetherView},
    },
    protocol::{ClientMsg, FEATURE_HANDS, FEATURE_LOCK, FEATURE_REACTIONS, PeerId, Reaction},
};

/// How long a reaction is shown. Unit: millisecond.
const SHOWN_MS: u64 = 4_000;
/// Reactions shown at once; the oldest make room.
const MOST_SHOWN: usize = 30;

/// The lock of the room, the own hand, and reactions.
#[derive(Debug, Default)]
pub(crate) struct Together {
    view: TogetherView,
    /// Whether the own hand shall be up; `None` until the server or the person has said so in this visit.
    wants_hand: Option<bool>,
    last_reaction: u64,
}

impl Together {
    /// What the server can do.
    pub(crate) fn welcomed(&mut self, features: &[String]) {
        let has = |name| features.iter().any(|feature| feature == name);
        self.view.can_lock = has(FEATURE_LOCK);
        self.view.can_raise_hand = has(FEATURE_HANDS);
        self.view.can_react = has(FEATURE_REACTIONS);
    }

    /// There is a seat. What was done to the own hand while there was no signaling is done now; so is a hand
    /// raised again that a restarted server knows nothing of.
    pub(crate) fn joined(&mut self, ctx: &mut Context<'_>, locked: bool, hand: Option<u32>) {
        self.view.locked_by = self.view.locked_by.filter(|_| locked);
        self.view.locked = locked;
        self.view.hand = hand;
        let raised = *self.wants_hand.get_or_insert_with(|| hand.is_some());
        if raised != hand.is_some() && self.view.can_raise_hand {
            ctx.send(ClientMsg::RaiseHand { raised });
        }
    }

    pub(crate) fn locked(&mut self, locked: bool, by: PeerId) {
        self.view.locked = locked;
        self.view.locked_by = Some(by);
    }

    pub(crate) fn raise_hand(&mut self, ctx: &mut Context<'_>, raised: bool) {
        if self.view.can_raise_hand {
            self.wants_hand = Some(raised);
            ctx.send(ClientMsg::RaiseHand { raised });
        }
    }

    /// The own hand is up or down.
    pub(crate) fn hand_raised(&mut self, hand: Option<u32>) {
        self.view.hand = hand;
        self.wants_hand = Some(hand.is_some());
    }

    /// The server did not accept the last gesture.
    pub(crate) fn refused(&mut self) {
        self.wants_hand = Some(self.view.hand.is_some());
    }

    pub(crate) fn reacted(&mut self, ctx: &mut Context<'_>, peer: PeerId, reaction: Reaction) {
        self.last_reaction += 1;
        if self.view.reactions.len() == MOST_SHOWN {
            self.view.reactions.remove(0);
        }
        let until = ctx.now + SHOWN_MS;
        self.view.reactions.push(ReactionView { id: self.last_reaction, peer, reaction, until });
        self.arm(ctx);
    }

    /// [`Timer::Reactions`] has fired.
    pub(crate) fn on_timer(&mut self, ctx: &mut Context<'_>) {
        let now = ctx.now;
        self.view.reactions.retain(|reaction| reaction.until > now);
        self.arm(ctx);
    }

    /// The seat is gone.
    pub(crate) fn clear(&mut self, ctx: &mut Context<'_>) {
        ctx.timers().clear(&Timer::Reactions);
        *self = Self::default();
    }

    pub(crate) fn view(&self) -> TogetherView {
        TogetherView { wants_hand: self.wants_hand.unwrap_or_default(), ..self.view.clone() }
    }

    fn arm(&self, ctx: &mut Context<'_>) {
        if let Some(first) = self.view.reactions.first() {
            ctx.timers().set(Timer::Reactions, first.until);
        }
    }
}
