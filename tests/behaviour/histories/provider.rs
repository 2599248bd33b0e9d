//! A provider that remembers what it made, for which lease, and for which it destroyed it.

use std::collections::HashMap;
use std::sync::Mutex;

use uuid::Uuid;

/// What it knows of a resource.
#[derive(Debug, Clone, Copy)]
pub(super) struct Resource {
    /// The label that it was made with: the lease that was reserved for it, if one was.
    label: Option<Uuid>,
    /// The lease in whose name it was destroyed; the nil one when its maker did so before any was
    /// granted.
    pub(super) destroyed_for: Option<Uuid>,
}

#[derive(Debug, Default)]
pub(super) struct Provider {
    resources: Mutex<HashMap<String, Resource>>,
}

impl Provider {
    /// Makes a resource; its id.
    pub(super) fn make(&self, label: Option<Uuid>) -> String {
        let id = format!("sbx-{}", Uuid::now_v7());
        let resource = Resource { label, destroyed_for: None };
        self.resources.lock().unwrap().insert(id.clone(), resource);
        id
    }

    /// Destroys a resource in the name of a lease, if it is there.
    pub(super) fn destroy(&self, id: &str, lease: Uuid) {
        let mut resources = self.resources.lock().unwrap();
        resources.get_mut(id).expect("nobody made it").destroyed_for.get_or_insert(lease);
    }

    /// Destroys what carries a lease as its label: what a janitor looks for that has no id.
    pub(super) fn destroy_labelled(&self, lease: Uuid) {
        let mut resources = self.resources.lock().unwrap();
        for made in resources.values_mut().filter(|made| made.label == Some(lease)) {
            made.destroyed_for.get_or_insert(lease);
        }
    }

    pub(super) fn count(&self) -> usize {
        self.resources.lock().unwrap().len()
    }

    /// Everything that was ever made.
    pub(super) fn all(&self) -> Vec<(String, Resource)> {
        let resources = self.resources.lock().unwrap();
        resources.iter().map(|(id, resource)| (id.clone(), *resource)).collect()
    }
}
