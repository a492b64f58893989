//! Bytes to a file of the cache in one piece, and not as a list of numbers: for serde's `with`.

use serde::{Deserializer, Serializer, de::Visitor};
use std::{fmt, marker::PhantomData};

pub(crate) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bytes(bytes)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>, B: for<'a> From<&'a [u8]>>(deserializer: D) -> Result<B, D::Error> {
    struct Whole<B>(PhantomData<B>);
    impl<B: for<'a> From<&'a [u8]>> Visitor<'_> for Whole<B> {
        type Value = B;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("bytes")
        }

        fn visit_bytes<E>(self, bytes: &[u8]) -> Result<B, E> {
            Ok(bytes.into())
        }
    }
    deserializer.deserialize_bytes(Whole(PhantomData))
}
