//! Schemas in few words: what a value is, and which fields an object has.

use utoipa::openapi::schema::{
    AdditionalProperties, ArrayBuilder, Object, ObjectBuilder, OneOfBuilder, SchemaFormat,
    SchemaType, Type,
};
use utoipa::openapi::{Ref, RefOr, Schema};

/// The schema of one value, with what it is about.
#[derive(Clone)]
pub(in crate::http) struct Kind(RefOr<Schema>);

impl Kind {
    /// The same, or null.
    pub(in crate::http) fn or_null(self) -> Self {
        let null = ObjectBuilder::new().schema_type(Type::Null);
        match self.0 {
            RefOr::T(Schema::Object(mut object)) => {
                if let SchemaType::Type(kind) = object.schema_type.clone() {
                    object.schema_type = SchemaType::Array(vec![kind, Type::Null]);
                }
                Self(RefOr::T(Schema::Object(object)))
            }
            other @ (RefOr::Ref(_) | RefOr::T(_)) => {
                Self(OneOfBuilder::new().item(other).item(null).into())
            }
        }
    }

    /// The schema itself.
    pub(in crate::http) fn into_schema(self) -> RefOr<Schema> {
        self.0
    }
}

impl From<ObjectBuilder> for Kind {
    fn from(builder: ObjectBuilder) -> Self {
        Self(builder.into())
    }
}

fn of(kind: Type, about: &str) -> ObjectBuilder {
    let about = Some(about).filter(|about| !about.is_empty());
    ObjectBuilder::new().schema_type(kind).description(about)
}

/// A text of any length.
pub(in crate::http) fn text(about: &str) -> Kind {
    of(Type::String, about).into()
}

/// A text that is not empty, of at most so many characters. Where the bound is in bytes, it is said
/// in words: JSON schema cannot count them.
pub(in crate::http) fn text_within(chars_max: usize, about: &str) -> Kind {
    // Not only white space, and no NUL.
    let pattern = r"^[^\u0000]*\S[^\u0000]*$";
    of(Type::String, about)
        .min_length(Some(1))
        .max_length(Some(chars_max))
        .pattern(Some(pattern))
        .into()
}

/// A text of a form of its own.
pub(in crate::http) fn pattern(pattern: &str, about: &str) -> Kind {
    of(Type::String, about).pattern(Some(pattern)).into()
}

/// An id.
pub(in crate::http) fn uuid(about: &str) -> Kind {
    of(Type::String, about).format(Some(SchemaFormat::Custom("uuid".to_owned()))).into()
}

/// An instant.
pub(in crate::http) fn time(about: &str) -> Kind {
    of(Type::String, about).format(Some(SchemaFormat::Custom("date-time".to_owned()))).into()
}

/// True or false.
pub(in crate::http) fn truth(about: &str) -> Kind {
    of(Type::Boolean, about).into()
}

/// A count that does not end at two thousand millions.
pub(in crate::http) fn count(about: &str) -> Kind {
    whole(0, i64::MAX.unsigned_abs(), about)
}

/// A whole number within bounds.
pub(in crate::http) fn whole(least: u64, most: u64, about: &str) -> Kind {
    let number = |bound: u64| usize::try_from(bound).unwrap_or(usize::MAX);
    let format = if most > i32::MAX.unsigned_abs().into() { "int64" } else { "int32" };
    of(Type::Integer, about)
        .format(Some(SchemaFormat::Custom(format.to_owned())))
        .minimum(Some(number(least)))
        .maximum(Some(number(most)))
        .into()
}

/// A number with a fraction, not below zero.
pub(in crate::http) fn number(about: &str) -> Kind {
    of(Type::Number, about).minimum(Some(0)).into()
}

/// An object of the caller's own.
pub(in crate::http) fn free(about: &str) -> Kind {
    of(Type::Object, about).additional_properties(Some(AdditionalProperties::FreeForm(true))).into()
}

/// Any JSON value.
pub(in crate::http) fn anything(about: &str) -> Kind {
    ObjectBuilder::new().schema_type(SchemaType::AnyValue).description(Some(about)).into()
}

/// One of some words, written out where it stands.
pub(in crate::http) fn one_of(words: impl IntoIterator<Item = &'static str>, about: &str) -> Kind {
    of(Type::String, about).enum_values(Some(words)).into()
}

/// A schema that has a name.
pub(in crate::http) fn named(name: &str) -> Kind {
    Kind(RefOr::Ref(Ref::from_schema_name(name)))
}

/// A list.
pub(in crate::http) fn list(of: Kind, about: &str) -> Kind {
    let about = Some(about).filter(|about| !about.is_empty());
    let array = ArrayBuilder::new().items(of.0).description(about);
    Kind(RefOr::T(Schema::Array(array.build())))
}

/// An object by its fields.
#[derive(Clone)]
pub(in crate::http) struct Shape(Object);

impl Shape {
    pub(in crate::http) fn new(about: &str) -> Self {
        Self(of(Type::Object, about).build())
    }

    /// A field that is always there.
    pub(in crate::http) fn must(mut self, name: &str, kind: Kind) -> Self {
        self.0.required.push(name.to_owned());
        self.may(name, kind)
    }

    /// A field that may be absent.
    pub(in crate::http) fn may(mut self, name: &str, kind: Kind) -> Self {
        self.0.properties.insert(name.to_owned(), kind.0);
        self
    }

    /// A field that may be absent or null, which mean the same.
    pub(in crate::http) fn maybe(self, name: &str, kind: Kind) -> Self {
        self.may(name, kind.or_null())
    }

    /// No other fields: what is not known is refused.
    pub(in crate::http) fn closed(mut self) -> Self {
        self.0.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
        self
    }

    /// Whether nothing has to be said.
    pub(in crate::http) const fn is_optional(&self) -> bool {
        self.0.required.is_empty()
    }

    /// The schema itself.
    pub(in crate::http) fn into_schema(self) -> RefOr<Schema> {
        RefOr::T(Schema::Object(self.0))
    }
}
