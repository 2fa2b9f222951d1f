//! How the tier is chosen: by scope, by name, and only if the machine has it.

use std::env;
use std::panic::catch_unwind;
use std::process::Command;
use std::thread;

use ohem_std::simd::{Tier, TierError};

const ALL: [Tier; 3] = [Tier::Portable, Tier::Avx2, Tier::Avx512];

#[test]
fn the_portable_one_is_always_there_and_first() {
    assert_eq!(Tier::available().next(), Some(Tier::Portable));
    assert!(Tier::available().eq(ALL.into_iter().filter(|tier| tier.is_available())));
}

#[cfg(target_arch = "x86_64")]
#[test]
fn a_tier_is_available_where_the_machine_has_it() {
    let bits = is_x86_feature_detected!("bmi2") && is_x86_feature_detected!("lzcnt");
    assert_eq!(Tier::Avx2.is_available(), is_x86_feature_detected!("avx2") && bits);
    let wide = is_x86_feature_detected!("avx512bw") && is_x86_feature_detected!("avx512vl");
    assert_eq!(Tier::Avx512.is_available(), wide && is_x86_feature_detected!("avx512dq"));
}

/// What a process prints whose `OHEM_SIMD` is the name: the variable is read only once.
fn chosen_where_the_environment_says(name: &str) -> String {
    let mut test = Command::new(env::current_exe().unwrap());
    test.args(["--exact", "what_the_environment_says", "--ignored", "--nocapture"]).env("OHEM_SIMD", name);
    String::from_utf8(test.output().unwrap().stdout).unwrap()
}

#[test]
#[ignore = "what_is_chosen_is_what_the_environment_says runs it"]
fn what_the_environment_says() {
    println!("{:?}, so {:?}", Tier::from_environment(), Tier::current());
}

#[test]
fn what_is_chosen_is_what_the_environment_says() {
    for tier in Tier::available() {
        let said = chosen_where_the_environment_says(tier.name());
        assert!(said.contains(&format!("Ok(Some({tier:?})), so {tier:?}\n")), "{said}");
    }
    let refused = "sse9".parse::<Tier>();
    let best = Tier::available().next_back().unwrap();
    let said = chosen_where_the_environment_says("sse9");
    assert!(said.contains(&format!("{:?}, so {best:?}\n", refused.map(Some))), "{said}");
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
        let said = format!("unknown instruction set {name:?}: expected one of portable, avx2, avx512");
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
