//! One job, done by ohem on every tier and by its peers, in turn.

use core::hint::black_box;
use core::time::Duration;
use std::collections::BTreeSet;

use ohem_benches::{Job, medians};
use ohem_std::simd::Tier;

use crate::row::{Case, Row};
use crate::text_table;

/// Writes its answer, into memory that is kept.
pub(crate) type Does<'a, A> = Box<dyn Fn(&mut A) + 'a>;

/// Compares ohem's answer with a peer's.
pub(crate) enum Answers<A> {
    /// They must be equal.
    Same,
    /// The peer's rule is another one: why, and how the answers differ. Panics if they differ by more than
    /// that explains.
    Differ(&'static str, fn(&A, &A) -> String),
    /// The peer does something else, to compare the time with.
    Other,
}

/// Powerboxes sorts unstably, and divides in `f64` whatever it is given: a few may be others.
pub(crate) fn ties<A: AsRef<[u32]>>() -> Answers<A> {
    Answers::Differ("ties in any order, IoU in f64", |ours, theirs| {
        let (ours, theirs) = (ours.as_ref(), theirs.as_ref());
        let [of_ours, of_theirs] = [ours, theirs].map(|kept| kept.iter().collect::<BTreeSet<_>>());
        let others = of_ours.symmetric_difference(&of_theirs).count();
        assert!(others * 50 <= ours.len(), "{others} of {} are others: more than ties explain", ours.len());
        if others == 0 {
            "the same ones".to_owned()
        } else {
            format!("{others} of {} are others", ours.len())
        }
    })
}

struct Peer<'a, A> {
    name: &'static str,
    answers: Answers<A>,
    does: Does<'a, A>,
}

/// Ohem and its peers before one case.
pub(crate) struct Contest<'a, A> {
    case: Case,
    ours: Does<'a, A>,
    peers: Vec<Peer<'a, A>>,
}

impl<'a, A: Default + PartialEq> Contest<'a, A> {
    pub(crate) fn new(case: Case, ours: impl Fn(&mut A) + 'a) -> Self {
        Self { case, ours: Box::new(ours), peers: Vec::new() }
    }

    /// Adds a peer, if `n` is small enough for it.
    pub(crate) fn peer(
        mut self,
        name: &'static str,
        up_to: usize,
        answers: Answers<A>,
        does: impl Fn(&mut A) + 'a,
    ) -> Self {
        if self.case.n <= up_to {
            self.peers.push(Peer { name, answers, does: Box::new(does) });
        }
        self
    }

    /// Compares all answers, then takes the times of all for about `budget`, and prints them.
    pub(crate) fn run(self, budget: Duration) -> Vec<Row> {
        let answers = self.compare();
        let tiers: Vec<Tier> = Tier::available().collect();
        let ours = tiers.iter().map(|&tier| timed(tier, &self.ours));
        let peers = self.peers.iter().map(|peer| timed(Tier::current(), &peer.does));
        let mut jobs: Vec<Box<dyn FnMut() + '_>> = ours.chain(peers).collect();
        let mut jobs: Vec<Job<'_>> =
            jobs.iter_mut().map(|job| ("", &mut **job as &mut dyn FnMut())).collect();
        let times: Vec<f64> =
            medians(&mut jobs, budget).iter().map(|time| time.as_secs_f64() * 1e9).collect();
        let (ours, theirs) = times.split_at(tiers.len());
        let mut rows = Vec::new();
        for (tier, &ours_ns) in tiers.iter().zip(ours) {
            for ((peer, &peer_ns), answer) in self.peers.iter().zip(theirs).zip(&answers) {
                let (case, tier, answer) = (self.case.clone(), tier.to_string(), answer.clone());
                let (peer, ratio) = (peer.name, peer_ns / ours_ns);
                rows.push(Row { case, tier, peer, ours_ns, peer_ns, ratio, answer });
            }
        }
        print!("{}", text_table::table(&rows));
        rows
    }

    /// Compares the answers of every tier, and of every peer with ohem's.
    fn compare(&self) -> Vec<String> {
        let answer = |does: &Does<'a, A>| {
            let mut answer = A::default();
            does(&mut answer);
            answer
        };
        let wanted = Tier::Portable.scope(|| answer(&self.ours));
        for tier in Tier::available() {
            assert!(
                tier.scope(|| answer(&self.ours)) == wanted,
                "{:?}: {tier} gives another answer",
                self.case
            );
        }
        let compared = |peer: &Peer<'a, A>| match peer.answers {
            Answers::Other => "another job".to_owned(),
            Answers::Same => {
                assert!(answer(&peer.does) == wanted, "{:?}: {} gives another answer", self.case, peer.name);
                "same".to_owned()
            }
            Answers::Differ(why, difference) => match answer(&peer.does) {
                same if same == wanted => "same".to_owned(),
                other => format!("{}: {why}", difference(&wanted, &other)),
            },
        };
        self.peers.iter().map(compared).collect()
    }
}

/// Runs the job on a tier and writes to a separate answer.
fn timed<'b, A: Default>(tier: Tier, does: &'b Does<'_, A>) -> Box<dyn FnMut() + 'b> {
    let mut answer = A::default();
    Box::new(move || tier.scope(|| does(black_box(&mut answer))))
}
