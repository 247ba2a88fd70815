//! The JSON Schema of a whole file that is recorded, by which editors complete and check it: the event around its data, and what
//! people may write that an event has otherwise.

use minutebook_governance::catalogue::CatalogueRow;
use serde_json::{Map, Value, json};

/// The schema of a file of one event of this type, as `record` reads it.
pub(super) fn of_file(row: &CatalogueRow) -> Value {
    let mut data = row.schema().to_value();
    let members = data.as_object_mut();
    let (mut defs, mut dialect) = (Value::Object(Map::new()), Value::Null);
    if let Some(members) = members {
        defs = members.remove("$defs").unwrap_or(defs);
        dialect = members.remove("$schema").unwrap_or_default();
        members.remove("title");
    }
    leave_keys_out(&mut defs);
    let_texts_be_sealed(&mut defs);
    let kind = row.subject_kind;
    json!({
        "$schema": dialect,
        "title": row.name,
        "description": "A file that minutebook record takes.",
        "type": "object",
        "properties": {
            "$schema": {"description": "Where an editor finds this schema; it is not recorded.", "type": "string"},
            "type": {"description": "What happened.", "const": row.name},
            "subject": {"description": "What it is about.", "type": "string", "pattern": format!("^{kind}(/[A-Za-z0-9._-]+)?$")},
            "id": {"description": "The event's own id; else a new one.", "type": "string"},
            "time": {"description": "When it is written, RFC 3339 in UTC; else now.", "type": "string"},
            "correlationid": {"description": "Joins what was done together.", "type": "string"},
            "data": data,
        },
        "required": ["type", "subject", "data"],
        "additionalProperties": false,
        "$defs": defs,
    })
}

/// Signatories without a key get those that `record` is given.
fn leave_keys_out(defs: &mut Value) {
    let required = defs.pointer_mut("/Signatory/required").and_then(Value::as_array_mut);
    required.into_iter().for_each(|required| required.retain(|member| member != "key"));
}

/// A text that is to be sealed stands as it is, in a member that says so.
fn let_texts_be_sealed(defs: &mut Value) {
    if let Some(forms) = defs.pointer_mut("/Sealable/anyOf").and_then(Value::as_array_mut) {
        forms.push(json!({
            "description": "Sealed when it is recorded: what it says is kept beside the file, for you alone.",
            "type": "object",
            "properties": {"seal": {"type": "string"}},
            "required": ["seal"],
            "additionalProperties": false,
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{templates, written};
    use boon::{Compiler, SchemaIndex, Schemas};
    use minutebook_governance::catalogue::row_of;

    struct Checker {
        schemas: Schemas,
        schema: SchemaIndex,
    }

    fn checker(name: &str) -> Checker {
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler.add_resource("mem:///file.json", of_file(row_of(name).unwrap())).unwrap();
        let schema = compiler.compile("mem:///file.json", &mut schemas).unwrap();
        Checker { schemas, schema }
    }

    impl Checker {
        fn takes(&self, file: &Value) -> bool {
            self.schemas.validate(file, self.schema).is_ok()
        }
    }

    #[test]
    fn every_template_fits_the_schema_of_its_file() {
        for name in templates::types() {
            let file = written::read(name, templates::template(name).unwrap().as_bytes()).unwrap().remove(0);
            let file = Value::Object(file.members);
            let checker = checker(name);
            assert!(checker.takes(&file), "{name}: {:?}", checker.schemas.validate(&file, checker.schema));
        }
    }

    #[test]
    fn what_is_wrong_is_marked_and_what_people_may_write_is_not() {
        let checker = checker("DecisionRecorded");
        let file = json!({"$schema": "decision.schema.json", "type": "DecisionRecorded", "subject": "body/04K", "data": {
            "standing": "own_act", "signatories": [{"capacity": "secretary", "body": "body/04K"}],
            "facts": {"decided_on": "2019-07-04", "mode": "meeting", "outcome": "approved", "text": {"seal": "Private."},
                "effect": {"none": {}}}}});
        assert!(checker.takes(&file));
        for (pointer, wrong) in [
            ("/type", json!("DecisonRecorded")),
            ("/subject", json!("meeting/04K")),
            ("/data/facts/outcome", json!("aproved")),
            ("/data/facts/text", json!({"seal": 1})),
            ("/data/signatories/0/capacity", json!("Secretary")),
        ] {
            let mut changed = file.clone();
            *changed.pointer_mut(pointer).unwrap() = wrong;
            assert!(!checker.takes(&changed), "{pointer}");
        }
    }
}
