//! Nodes: ordered, registered, Ready, with the image, drained and deleted.

use super::{Machine, World, no_schedule};
use crate::capacity::simulate::events::Event;
use crate::capacity::simulate::outcome::Deletion;
use crate::capacity::simulate::scheduler::SimulatedNode;

impl World {
    /// Adds a node that has been Ready for a day.
    pub(in crate::capacity::simulate) fn add_ready_node(&mut self, pool: usize, name: &str) {
        const DAY: f64 = 86_400.0;
        let node = self.add_node(pool, name, -DAY);
        self.machines[node].is_registered = true;
        self.cluster.show_node(node);
        self.become_ready(node);
        self.machines[node].image_at = Some(-DAY);
        self.note_image(node);
        self.at_start = self.machines.len();
    }

    pub(super) fn add_node(&mut self, pool: usize, name: &str, ordered: f64) -> usize {
        let of_pool = &self.pools[pool];
        let mut node = SimulatedNode::new(name, of_pool.allocatable);
        let own = ("kubernetes.io/hostname".to_owned(), name.to_owned());
        node.labels = of_pool.labels.clone().into_iter().chain([own]).collect();
        self.cluster.add_absent_node(node);
        self.machines.push(Machine {
            pool,
            ordered,
            deleted: None,
            is_registered: false,
            is_ready: false,
            is_gone: false,
            is_given_up: false,
            is_draining: false,
            unneeded_since: None,
            ignored_until: f64::NEG_INFINITY,
            kept_because: None,
            ready: of_pool.ready,
            pull: None,
            ready_at: None,
            image_at: None,
        });
        self.alive.push(self.machines.len() - 1);
        self.machines.len() - 1
    }

    pub(super) fn register(&mut self, node: usize) {
        if self.machines[node].is_gone {
            return;
        }
        let not_ready = no_schedule("node.kubernetes.io/not-ready");
        self.cluster.nodes[node].taints.push(not_ready);
        self.cluster.show_node(node);
        self.machines[node].is_registered = true;
        let ready = self.machines[node].ready;
        self.agenda.plan(self.now + ready, Event::Ready(node));
    }

    pub(super) fn become_ready(&mut self, node: usize) {
        self.machines[node].is_ready = true;
        self.machines[node].ready_at = Some(self.now);
        self.cluster.nodes[node].taints.clear();
        for kind in self.daemon_kinds.clone() {
            self.add_running(kind, self.now, node);
        }
    }

    /// Lets a node that is Ready pull the image, if a puller does not wait for a user.
    pub(super) fn begin_pull(&mut self, node: usize) {
        if self.image.as_ref().is_some_and(|image| image.has_puller) {
            self.pull(node);
        }
    }

    /// When a node has the image; it pulls now if it has not begun.
    pub(in crate::capacity::simulate) fn pull(&mut self, node: usize) -> f64 {
        let machine = &mut self.machines[node];
        if let Some(at) = machine.image_at {
            return at;
        }
        let at = self.now + machine.pull.unwrap_or_default();
        machine.image_at = Some(at);
        self.agenda.plan(at, Event::ImageThere(node));
        at
    }

    pub(super) fn note_image(&mut self, node: usize) {
        if let Some(image) = self.image.as_ref().filter(|image| image.bytes > 0) {
            let images = &mut self.cluster.nodes[node].images;
            images.insert(image.name.clone(), image.bytes);
        }
    }

    pub(super) fn taint_at_start(&mut self, node: usize) {
        let machine = &self.machines[node];
        if let Some((taint, seconds)) = self.pools[machine.pool].startup_taint.clone() {
            let seconds = machine.pull.unwrap_or(seconds);
            self.cluster.nodes[node].taints.push(taint);
            self.agenda.plan(self.now + seconds, Event::TaintGone(node));
        }
    }

    /// Orders nodes of a pool.
    pub(in crate::capacity::simulate) fn order(&mut self, pool: usize, count: usize, at: f64) {
        for _ in 0..count {
            self.changes += 1;
            let name = format!("{}-{}", self.pools[pool].name, self.machines.len());
            let node = self.add_node(pool, &name, at);
            let mut register = self.pools[pool].register;
            if let Some(draws) = &mut self.draws {
                let drawn = draws.next();
                register = drawn.register;
                self.machines[node].ready = drawn.ready;
                self.machines[node].pull = Some(drawn.pull);
            }
            self.agenda.plan(at + register, Event::Register(node));
        }
    }

    /// Deletes a node with what runs there.
    pub(in crate::capacity::simulate) fn delete_node(&mut self, node: usize, at: f64) {
        self.changes += 1;
        for pod in self.cluster.nodes[node].pods.clone() {
            self.leave(pod);
        }
        self.cluster.hide_node(node);
        self.alive.retain(|other| *other != node);
        let machine = &mut self.machines[node];
        machine.is_gone = true;
        machine.deleted = Some(at);
        machine.unneeded_since = None;
        let pool = &self.pools[machine.pool].name;
        let name = if node < self.at_start {
            self.cluster.nodes[node].name.clone()
        } else {
            format!("{pool}-*")
        };
        self.deletions.push(Deletion { at, node: name });
    }

    /// Evicts the pods of a node as far as budgets allow it, and deletes the node when none is left; tries again after
    /// ten seconds.
    pub(in crate::capacity::simulate) fn drain(&mut self, node: usize) {
        const RETRY: f64 = 10.0;
        self.machines[node].is_draining = true;
        self.changes += 1;
        if self.cluster.nodes[node].taints.is_empty() {
            let taint = no_schedule("ToBeDeletedByClusterAutoscaler");
            self.cluster.nodes[node].taints.push(taint);
        }
        for pod in self.cluster.nodes[node].pods.clone() {
            if self.kind(pod).is_daemon {
                continue;
            }
            let budgets = self.cluster.pod(pod).budgets.clone();
            if budgets.iter().all(|budget| self.cluster.budgets[*budget] > 0) {
                for budget in budgets {
                    self.cluster.budgets[budget] -= 1;
                }
                self.lives[pod].restores_budget = true;
                self.leave(pod);
            }
        }
        let mut pods = self.cluster.nodes[node].pods.iter();
        if pods.any(|pod| !self.kind(*pod).is_daemon) {
            self.agenda.plan(self.now + RETRY, Event::Drain(node));
        } else {
            self.delete_node(node, self.now + 0.1);
        }
    }
}
