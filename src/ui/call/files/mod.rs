//! Files that people send each other, as they are shown among the messages of the chat. In the late part of
//! the call ([`super::extras`]); what is done is decided in [`crate::call::data::files`].

mod drop;
mod groups;
mod handle;
mod icons;
mod news;
mod row;
mod send;
mod words;

pub use self::{
    drop::FileDrop,
    groups::{Group, groups},
    handle::FilesHandle,
    news::FileNews,
    row::FileRow,
    send::SendFile,
};
