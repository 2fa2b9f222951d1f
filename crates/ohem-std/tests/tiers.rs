//! How the tier is chosen: by scope, by name, and only if the machine has it.

use std::panic::catch_unwind;
use std::thread;

use ohem_std::simd::{Tier, TierError};

const ALL: [Tier; 2] = [Tier::Portable, Tier::Avx2];

#[test]
fn the_portable_one_is_always_there_and_first() {
    assert_eq!(Tier::available().next(), Some(Tier::Portable));
    assert!(Tier::available().eq(ALL.into_iter().filter(|tier| tier.is_available())));
}

#[test]
fn scopes_nest_and_end() {
    let outside = Tier::current();
    for (outer, inner) in
        Tier::available().flat_map(|outer| Tier::available().map(move |inner| (outer, inner)))
    {
        let seen = outer.scope(|| [Tier::current(), inner.scope(Tier::current), Tier::current()]);
        assert_eq!((seen, Tier::current()), ([outer, inner, outer], outside));
    }
}

#[test]
fn a_scope_ends_with_a_panic_too() {
    let outside = Tier::current();
    for tier in Tier::available() {
        let panicked = catch_unwind(|| tier.scope(|| panic!("within {}", Tier::current()))).unwrap_err();
        assert_eq!(panicked.downcast_ref(), Some(&format!("within {tier}")));
        assert_eq!(Tier::current(), outside);
    }
}

#[test]
fn a_scope_is_of_its_thread() {
    let outside = Tier::current();
    for tier in Tier::available() {
        let elsewhere = tier.scope(|| thread::scope(|threads| threads.spawn(Tier::current).join().unwrap()));
        assert_eq!(elsewhere, outside);
    }
}

#[test]
fn names_are_read_back() {
    for tier in Tier::available() {
        assert_eq!(tier.to_string().parse(), Ok(tier));
    }
}

#[test]
fn a_name_that_is_none_is_refused_with_those_that_are() {
    for name in ["", "AVX2", "avx2 ", "sse9"] {
        let refused = name.parse::<Tier>().unwrap_err();
        assert_eq!(refused, TierError::Unknown { name: name.to_owned() });
        let said = format!("{name:?} is no instruction set that ohem knows (portable, avx2)");
        assert_eq!(refused.to_string(), said);
    }
}

/// Says something only of machines that lack one.
#[test]
fn one_that_the_machine_lacks_gives_way_and_is_refused_by_name() {
    for tier in ALL.into_iter().filter(|tier| !tier.is_available()) {
        assert_eq!(tier.scope(Tier::current), Tier::Portable);
        assert_eq!(tier.name().parse::<Tier>(), Err(TierError::Unavailable { tier }));
    }
}
