//! The screen that this person shares: asked for, given, ended by the person or by the browser.
//!
//! Browsers ask anew each time, and only after a click; so nothing is picked up again by itself, and a reload
//! ends sharing.

use super::{
    context::Context,
    effect::{Effect, OpId},
    input::ScreenGrant,
    view::{ScreenProblem, ScreenState, ScreenView},
};

/// The screen that this person shares.
#[derive(Debug, Default)]
pub(crate) struct Screen {
    state: Sharing,
    problem: Option<ScreenProblem>,
    /// The page was loaded anew while it was shared, and it has not been shared again.
    interrupted: bool,
    /// What is shared moves, and shall do so smoothly.
    smooth: bool,
}

#[derive(Debug, Default)]
enum Sharing {
    #[default]
    Off,
    Asked(OpId),
    /// The browser still asks, and what it gives is not wanted any more.
    Withdrawn(OpId),
    On(ScreenGrant),
}

impl Screen {
    /// Has the browser ask the person what to share. Without effect while something is shared. A question
    /// that is still open is not asked twice.
    pub(crate) fn share(&mut self, ctx: &mut Context<'_>) {
        match self.state {
            Sharing::Off => {
                let op = ctx.next_op();
                self.state = Sharing::Asked(op);
                self.problem = None;
                ctx.emit(Effect::AcquireScreen { op });
            }
            Sharing::Withdrawn(op) => self.state = Sharing::Asked(op),
            Sharing::Asked(_) | Sharing::On(_) => {}
        }
    }

    /// The browser has answered. Returns whether a screen is shared from now on.
    pub(crate) fn on_answer(
        &mut self,
        ctx: &mut Context<'_>,
        op: OpId,
        result: Result<ScreenGrant, ScreenProblem>,
    ) -> bool {
        match (&self.state, result) {
            (Sharing::Asked(asked), result) if *asked == op => self.take(ctx, result),
            (Sharing::Withdrawn(asked), _) if *asked == op => {
                self.state = Sharing::Off;
                false
            }
            (Sharing::Off | Sharing::Asked(_) | Sharing::Withdrawn(_) | Sharing::On(_), _) => false,
        }
    }

    fn take(&mut self, ctx: &mut Context<'_>, result: Result<ScreenGrant, ScreenProblem>) -> bool {
        match result {
            Ok(grant) => {
                self.state = Sharing::On(grant);
                self.interrupted = false;
                self.smooth = false;
                ctx.emit(Effect::InstallScreen);
                ctx.emit(Effect::StoreSharing { on: true });
                true
            }
            Err(problem) => {
                self.state = Sharing::Off;
                // Who closes the browser's question knows why nothing is shared.
                self.problem = (problem != ScreenProblem::Refused).then_some(problem);
                false
            }
        }
    }

    /// Ends sharing, or withdraws the question. Returns whether a screen was shared.
    pub(crate) fn stop(&mut self, ctx: &mut Context<'_>) -> bool {
        let was_on = matches!(self.state, Sharing::On(_));
        self.state = match self.state {
            Sharing::Asked(op) | Sharing::Withdrawn(op) => Sharing::Withdrawn(op),
            Sharing::Off | Sharing::On(_) => Sharing::Off,
        };
        if was_on {
            ctx.emit(Effect::ReleaseScreen);
            ctx.emit(Effect::StoreSharing { on: false });
        }
        was_on
    }

    /// Smoothness matters more than sharpness, or less. Returns whether that changes anything.
    pub(crate) fn set_smooth(&mut self, ctx: &mut Context<'_>, smooth: bool) -> bool {
        let changes = self.shared().is_some() && self.smooth != smooth;
        if changes {
            self.smooth = smooth;
            ctx.emit(Effect::HintScreen { smooth });
        }
        changes
    }

    /// The last page of this tab shared a screen.
    pub(crate) fn was_interrupted(&mut self, ctx: &mut Context<'_>) {
        self.interrupted = true;
        ctx.emit(Effect::StoreSharing { on: false });
    }

    /// The person has read what [`ScreenView`] says.
    pub(crate) fn dismiss(&mut self) {
        self.problem = None;
        self.interrupted = false;
    }

    /// What is shared.
    pub(crate) fn shared(&self) -> Option<ScreenGrant> {
        match self.state {
            Sharing::On(grant) => Some(grant),
            Sharing::Off | Sharing::Asked(_) | Sharing::Withdrawn(_) => None,
        }
    }

    pub(crate) fn view(&self) -> ScreenView {
        let state = match (&self.state, self.problem) {
            (Sharing::On(grant), _) => ScreenState::On { with_sound: grant.with_sound },
            (Sharing::Asked(_), _) => ScreenState::Asking,
            (Sharing::Off | Sharing::Withdrawn(_), Some(problem)) => ScreenState::Problem(problem),
            (Sharing::Off | Sharing::Withdrawn(_), None) => ScreenState::Off,
        };
        ScreenView { state, interrupted: self.interrupted, smooth: self.smooth }
    }
}
