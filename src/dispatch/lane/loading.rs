//! What a batch needs in memory before it can be decided.

use leasehold_domain::company::streams_of;
use leasehold_domain::id::CompanyId;
use uuid::Uuid;

use super::Lane;
use super::attempt::ByCompany;
use crate::dispatch::draft::Pick;
use crate::dispatch::job::Job;
use crate::dispatch::memory::Known;
use crate::log::{Head, load_heads, mark_poisoned};

impl Lane {
    /// Puts the companies in memory; those whose log has not begun stay unbegun.
    pub(super) async fn know(&mut self, groups: &ByCompany) -> sqlx::Result<()> {
        let unknown: Vec<Uuid> = groups
            .keys()
            .filter(|id| self.known.get(id).is_none_or(|known| !known.is_begun))
            .map(|id| id.0)
            .collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let heads = load_heads(self.open_connection()?, &unknown).await?;
        for head in heads {
            let known = Known::load(self.open_connection()?, head).await?;
            self.known.insert(head.company_id, known);
        }
        for id in unknown.into_iter().map(CompanyId) {
            self.known.entry(id).or_insert_with(|| Known::unbegun(id));
        }
        Ok(())
    }

    /// Marks what was met that cannot be read, where whoever runs the installation finds it.
    pub(super) async fn mark_unreadable(&mut self, groups: &ByCompany) -> sqlx::Result<()> {
        for company in groups.keys() {
            let unmarked = self.known.get_mut(company).map(Known::take_unmarked);
            if let Some(poisons) = unmarked.filter(|poisons| !poisons.is_empty()) {
                mark_poisoned(self.open_connection()?, &poisons).await?;
            }
        }
        Ok(())
    }

    /// Brings a company to its newest head, anew where its log does not go on from what was known.
    pub(super) async fn update(&mut self, head: Head) -> sqlx::Result<()> {
        let mut known = self.known.remove(&head.company_id).filter(|known| known.is_begun);
        if let Some(behind) = known.take_if(|known| known.head != head) {
            known = behind.refresh(self.open_connection()?, head).await?;
        }
        let known = match known {
            Some(known) => known,
            None => Known::load(self.open_connection()?, head).await?,
        };
        self.known.insert(head.company_id, known);
        Ok(())
    }

    /// Reads the streams that the orders are about and that are not in memory.
    pub(super) async fn fetch(
        &mut self,
        jobs: &[Job],
        groups: &ByCompany,
        only: Option<Pick>,
    ) -> sqlx::Result<()> {
        for (company, numbers) in groups {
            let Some(mut known) = self.known.remove(company) else { continue };
            let orders = numbers.iter().filter_map(|number| jobs.get(*number));
            let mut streams = Vec::new();
            for (place, order) in orders.flat_map(Job::pending) {
                if only.is_none_or(|pick| pick.only.is_none_or(|only| only == place)) {
                    streams.extend(streams_of(&known.company, &order.command));
                }
            }
            streams.retain(|stream| !known.company.has(*stream));
            streams.sort_unstable();
            streams.dedup();
            let fetched = known.fetch(self.open_connection()?, &streams).await;
            self.known.insert(*company, known);
            fetched?;
        }
        Ok(())
    }
}
