# shellcheck shell=bash disable=SC2034,SC2086,SC2154 # variables are shared with the scripts; options are lists of words
# How a program for the line of an archive is compiled, linked and run; for scripts that have the repository's root as
# their folder and a temporary folder in $work.

fail() { echo "release: $*"; exit 1; }

# Reads the line of an archive, and sets how to build for it: target and flags for Rust; compiler, gcc (options of the
# core), link (options) and startup (a source, for bare Arm) for C; machine.
board() { # NAME
    local line
    line=$(sed -n "s/^$1 *| *//p" scripts/release/archives.txt)
    [ -n "$line" ] || fail "scripts/release/archives.txt has no $1"
    IFS='|' read -r target flags gcc machine < <(sed 's/ *| */|/g; s/ *$//' <<< "$line")
    link='' startup=''
    case $machine in
        arm*) compiler=arm-none-eabi-gcc; bare_arm ;;
        riscv32*)
            compiler=riscv64-unknown-elf-gcc gcc+=" --specs=picolibc.specs"
            link="--oslib=semihost --crt0=hosted -Wl,--gc-sections -Wl,--defsym=__flash=0x80000000,--defsym=__flash_size=4M"
            link+=" -Wl,--defsym=__ram=0x80400000,--defsym=__ram_size=4M" ;;
        aarch64*) compiler=aarch64-linux-gnu-gcc ;;
        *) compiler=gcc ;;
    esac
}

# A program that prints by semihosting, on one of Arm's boards.
bare_arm() {
    local examples=$PWD/crates/ohem-capi/examples/firmware flash=0x00000000 ram=0x20000000 length=4M
    [[ $machine != *an505 ]] || { flash=0x10000000 ram=0x38000000 length=2M; } # it starts in the secure world
    [[ $machine != *an547 ]] || length=512K
    sed "s/0x00000000, LENGTH = 4M/$flash, LENGTH = $length/; s/0x20000000, LENGTH = 4M/$ram, LENGTH = $length/" \
        "$examples/mps2.ld" > "$work/${machine#* }.ld"
    startup=$examples/startup.c
    link="--specs=nano.specs --specs=rdimon.specs -nostartfiles -Wl,--gc-sections,-z,noexecstack -T $work/${machine#* }.ld"
}

# Builds a program as the board takes it.
build() { # OUTPUT, then what else the compiler takes
    $compiler $gcc -Wall -Wextra -Werror -Os -ffunction-sections ${startup:+"$startup"} "${@:2}" $link -o "$1"
}

run_program() { # FILE
    local qemu=(-nographic -monitor none -serial none -semihosting-config "enable=on,target=native")
    case $machine in
        arm*) timeout 60 qemu-system-arm -machine "${machine#* }" "${qemu[@]}" -kernel "$1" < /dev/null ;;
        # picolibc prints to what QEMU takes for the console of a debugger, its standard error.
        riscv32*) timeout 60 qemu-system-riscv32 -machine "${machine#* }" -bios none "${qemu[@]}" -kernel "$1" < /dev/null 2>&1 ;;
        aarch64*) qemu-aarch64 -L /usr/aarch64-linux-gnu "$1" ;;
        host) "$1" ;;
    esac
}
