#!/usr/bin/env bash
# Fills the packages for the builds of firmware with archives, and proves each by its samples, built as that build does
# and run under QEMU: scripts/release/packages.sh ARCHIVE..., which scripts/release.sh calls with $ARCHIVES, the folder of
# the archives, $FILES, the folder for the packages, and $VERSION.
# Zephyr, ESP-IDF, PlatformIO, the Arduino IDE and CMSIS-Toolbox are not used: packages/tests has substitutes for the parts
# that the packages call. Boards whose archive is not among those named are counted as not checked. If PACK_XSD is the
# path of the schema of Open-CMSIS-Pack, the CMSIS-Pack is validated with it.
# shellcheck disable=SC2086 # options of compilers and names of archives are lists of words
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")/../.."
# shellcheck source=scripts/release/board.sh
. scripts/release/board.sh

names=" $* "
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
printf 'RoI 1\nRoI 2\n' > "$work/mined"
has() { [[ $names == *" $1 "* ]]; }

# Lines of a table of boards, with `|` between columns and no blanks around it.
rows() { sed '/^#/d; s/ *| */|/g; s/ *$//' "packages/tests/$1"; }

# A package's files, in $work/KIND/ohem, without archives.
package() { # KIND, then the folder of the header
    local to=$work/$1/ohem
    mkdir -p "$work/$1" && cp -r "packages/$1" "$to"
    find "$to" -type f -exec sed -i "s/@VERSION@/$VERSION/; s/@DATE@/$(git log -1 --format=%cs)/" {} +
    install -D -m 644 -t "$to/$2" crates/ohem-capi/include/ohem.h
    install -m 644 -t "$to" LICENSE-MIT LICENSE-APACHE
}

add() { # TO ARCHIVE
    if has "$2"; then install -D -m 644 "$ARCHIVES/$2/lib/libohem.a" "$1/libohem.a"; fi
}

# The same bytes for the same files.
zipped() { # FILE FOLDER WHAT...
    mkdir -p "$FILES/packages" && rm -f "$FILES/packages/$1"
    find "$2" -exec touch -h -d 2020-01-01 {} +
    (cd "$2" && find "${@:3}" -type f | LC_ALL=C sort | TZ=UTC zip -q -X "$FILES/packages/$1" -@)
    echo "$1: $(du -k "$FILES/packages/$1" | cut -f 1) KB"
}

checked=0 unchecked=0
count() { # whether a board can be checked: its archive is here
    if [ "$1" = none ] || has "$1"; then checked=$((checked + 1)); else unchecked=$((unchecked + 1)); return 1; fi
}
report() { echo "$1: $checked boards checked, $unchecked without an archive"; [ $checked -gt 0 ] || fail "$1: nothing checked"; }
mines() { run_program "$1" | diff "$work/mined" - || fail "$2: the sample mines otherwise"; }

# Configures and builds a sample with CMake as for the board at hand.
cmake_build() { # SAMPLE BUILD OPTION...
    cmake -S "$1" -B "$2" -DCMAKE_SYSTEM_NAME=Generic -DCMAKE_C_COMPILER="$compiler" -DCMAKE_C_COMPILER_WORKS=1 \
        -DCMAKE_C_FLAGS="$gcc -Wall -Wextra -Werror -Os" -DCMAKE_EXE_LINKER_FLAGS="$link" -DSTARTUP="$startup" "${@:3}" \
        > "$work/log" 2>&1 && cmake --build "$2" >> "$work/log" 2>&1
}

zephyr() {
    package zephyr include
    local module=$work/zephyr/ohem options archive name
    for name in $names; do add "$module/lib/$name" "$name"; done
    checked=0 unchecked=0
    while IFS='|' read -r name options archive; do
        count "$archive" || continue
        board "${archive/none/x86_64}"
        options=$(for option in $options; do printf 'CONFIG_%s=y;' "$option"; done)
        rm -rf "$work/build"
        if cmake_build "$module/samples/mine" "$work/build" -DZephyr_DIR="$PWD/packages/tests/zephyr" \
            -DCONFIG="${options%;}" -DEXTRA_ZEPHYR_MODULES="$module"; then
            [ "$archive" != none ] || fail "Zephyr: $name was not refused"
            grep -rqF "/lib/$archive/libohem.a" "$work/build/CMakeFiles/zephyr.dir" || fail "Zephyr: $name does not link $archive"
            mines "$work/build/zephyr" "Zephyr: $name"
        else
            [ "$archive" = none ] && grep -q 'ohem: there is no archive' "$work/log" || { cat "$work/log"; fail "Zephyr: $name"; }
        fi
    done < <(rows zephyr/boards.txt)
    report Zephyr
    zipped "ohem-zephyr-$VERSION.zip" "$work/zephyr" ohem
}

esp_idf() {
    package esp-idf include
    local component=$work/esp-idf/ohem chip archive name
    for name in rv32imc rv32imac; do add "$component/lib/$name" $name; done
    checked=0 unchecked=0
    while read -r chip archive; do
        count "$archive" || continue
        board "${archive/none/x86_64}"
        rm -rf "$work/build"
        if IDF_PATH=$PWD/packages/tests/esp-idf cmake_build "$component/examples/mine" "$work/build" \
            -DIDF_TARGET="$chip" -DOHEM="$component"; then
            [ "$archive" != none ] || fail "ESP-IDF: $chip was not refused"
            mines "$work/build/mine" "ESP-IDF: $chip"
        else
            [ "$archive" = none ] && grep -q 'ohem: there is no archive' "$work/log" || { cat "$work/log"; fail "ESP-IDF: $chip"; }
        fi
    done <<< $'esp32c2 rv32imc\nesp32c3 rv32imc\nesp32c6 rv32imac\nesp32h2 rv32imac\nesp32s3 none'
    report ESP-IDF
    zipped "ohem-esp-idf-$VERSION.zip" "$work/esp-idf" ohem
}

# Where the Arduino IDE looks for the archive of a board: MCU, or MCU/FPU-ABI if the compiler is given both.
arduino_folders() {
    add "$1/cortex-m0plus" cortex-m0plus
    add "$1/cortex-m3" cortex-m3
    local core fpu abi
    for core in cortex-m4 cortex-m33; do add "$1/$core" $core-soft; done
    add "$1/cortex-m7" cortex-m4-soft
    for abi in softfp hard; do
        add "$1/cortex-m4/fpv4-sp-d16-$abi" cortex-m4-$abi
        for fpu in fpv4-sp-d16 fpv5-sp-d16; do add "$1/cortex-m7/$fpu-$abi" cortex-m4-$abi; done
        add "$1/cortex-m7/fpv5-d16-$abi" cortex-m7-$abi
        add "$1/cortex-m33/fpv5-sp-d16-$abi" cortex-m33-$abi
    done
    for core in esp32c2 esp32c3; do add "$1/$core" rv32imc; done
    for core in esp32c6 esp32h2; do add "$1/$core" rv32imac; done
}

sketch() { # SKETCH LIBRARY FOLDER OUTPUT
    $compiler $gcc -Wall -Wextra -Werror -Os -std=gnu++11 -fno-exceptions -fno-rtti -ffp-contract=off -I"$2/src" -Ipackages/tests/arduino \
        -include Arduino.h -x c++ -c "$2/examples/$1/$1.ino" -o "$work/$1.o"
    build "$4" "$work/$1.o" -L"$3" -lohem
}

# What the sketch prints with a naive gate.
gate_of_this_machine() { # LIBRARY
    board x86_64
    gcc -O1 -I"$1/src" -c packages/tests/arduino/gate.c -o "$work/naive.o"
    ar rcs "$work/libohem.a" "$work/naive.o"
    sketch Gate "$1" "$work" "$work/sketch"
    run_program "$work/sketch" > "$work/gate"
    grep -q '^steps [1-9]' "$work/gate" || fail "Arduino: the gate passes nothing"
}

arduino() {
    package arduino src
    local library=$work/arduino/ohem name mcu fpu archive folder
    arduino_folders "$library/src"
    gate_of_this_machine "$library"
    checked=0 unchecked=0
    while IFS='|' read -r name mcu fpu archive; do
        count "$archive" || continue
        board "$archive"
        folder=$library/src/$mcu
        if [ -n "$fpu" ]; then folder=$folder/$(sed 's/-mfpu=\(.*\) -mfloat-abi=\(.*\)/\1-\2/' <<< "$fpu"); fi
        cmp "$folder/libohem.a" "$ARCHIVES/$archive/lib/libohem.a" || fail "Arduino: $name"
        [ "$(python3 packages/tests/arduino/platformio_env.py "$library" "$mcu" $fpu)" = "$folder" ] || fail "PlatformIO: $name"
        sketch Mine "$library" "$folder" "$work/sketch"
        mines "$work/sketch" "Arduino: $name"
        sketch Gate "$library" "$folder" "$work/sketch"
        run_program "$work/sketch" | diff "$work/gate" - || fail "Arduino: $name: the gate passes others"
    done < <(rows arduino/boards.txt)
    report Arduino
    zipped "ohem-arduino-$VERSION.zip" "$work/arduino" ohem
}

cmsis() {
    package cmsis include
    local pack=$work/cmsis/ohem device archive name chosen
    mv "$pack/ohem.pdsc" "$pack/ohem.ohem.pdsc"
    for name in $(sed -n 's/.* name="lib\/\(.*\)\/libohem.a".*/\1/p' "$pack/ohem.ohem.pdsc"); do add "$pack/lib/$name" "$name"; done
    if [ -n "${PACK_XSD:-}" ]; then
        xmllint --noout --schema "$PACK_XSD" "$pack/ohem.ohem.pdsc" || fail "the CMSIS-Pack does not fit its schema"
    else
        echo "CMSIS-Pack: not validated with its schema, because PACK_XSD is not set"
    fi
    checked=0 unchecked=0
    while IFS='|' read -r device archive; do
        count "$archive" || continue
        if chosen=$(python3 packages/tests/cmsis/library.py "$pack/ohem.ohem.pdsc" Tcompiler=GCC $device 2> "$work/log"); then
            [ "$chosen" = "lib/$archive/libohem.a" ] || fail "CMSIS: $device links $chosen"
            board "$archive"
            build "$work/sample" -I"$pack/include" "$pack/examples/mine/main.c" "$pack/$chosen"
            mines "$work/sample" "CMSIS: $device"
        else
            [ "$archive" = none ] || { cat "$work/log"; fail "CMSIS: $device"; }
        fi
    done < <(rows cmsis/devices.txt)
    report CMSIS
    zipped "ohem.ohem.$VERSION.pack" "$pack" .
}

for kind in zephyr esp_idf arduino cmsis; do
    printf '\n== %s\n' "$kind"
    $kind
done
