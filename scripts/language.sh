#!/usr/bin/env bash
# Finds turns of phrase that read as translated, in comments, strings, docs and scripts, and fails if one is left:
# scripts/language.sh [FILE_OR_FOLDER ...], by default the whole repository. Each hit is a line
# `file:line: phrase: text`; a count for each phrase follows.
#
# Code does not count: of Rust and C only comments and strings are read, code in backticks, fenced blocks (but their
# comments) and links are left out. A phrase may be broken over two lines. The list is at the end of this script, each
# phrase with the reason and with better words; a pattern that hits correct plain English is a bug of the pattern.
set -euo pipefail
cd "$(dirname "$0")/.."

# Not read: licences, data, generated files, and this list of phrases.
git ls-files --cached --others --exclude-standard -- "${@:-.}" |
    grep -E '\.(rs|md|h|c|toml|sh|pyi?|ya?ml|awk|mjs|cmake|in|ld|x)$|(^|/)CMakeLists\.txt$|^scripts/.*\.txt$|^\.ci/run$' |
    grep -vE '^scripts/language\.sh$' |
    perl <(cat << 'PERL'
use strict;
use warnings;

# What separates two pieces of prose: no phrase goes across.
my $WALL = "\x01";

my $phrases = read_phrases();
my %counts = map { $_->{name} => 0 } @$phrases;
shows_that_it_would_find_one();
my $files = 0;
while (my $file = <STDIN>) {
    chomp $file;
    $files++;
    open my $handle, '<', $file or next; # deleted, but not yet committed
    my $text = do { local $/; <$handle> } // '';
    my $prose = prose($file, $text);
    my @hits;
    for my $phrase (@$phrases) {
        push @hits, map { [$_, $phrase->{name}] } places($phrase, $prose);
    }
    for my $hit (sort { $a->[0] <=> $b->[0] } @hits) {
        $counts{$hit->[1]}++;
        my $line = 1 + (substr($text, 0, $hit->[0]) =~ tr/\n//);
        my ($shown) = (split /\n/, $text)[$line - 1] =~ /^\s*(.*?)\s*$/;
        print "$file:$line: $hit->[1]: $shown\n";
    }
}
$files or die "language: no such file, or none with comments or prose\n";
my $sum = 0;
printf "%6d  %s\n", $counts{$_->{name}}, $_->{name} and $sum += $counts{$_->{name}} for @$phrases;
printf "%6d  in all sources, docs and scripts\n", $sum;
exit($sum > 0);

# Where a phrase begins in a text.
sub places {
    my ($phrase, $prose) = @_;
    my @starts;
    $prose =~ $phrase->{likely} or return;
    push @starts, $-[0] while $prose =~ /$phrase->{pattern}/g;
    return @starts;
}

# In a comment, over two lines, and in a string, but neither in code nor across it.
sub shows_that_it_would_find_one {
    my $planted = "/// The hardest so\n    /// many of `so many`.\nlet so_many = so; // so\nmany(\"so many {}\", 'x')";
    my $found = places($phrases->[0], prose('planted.rs', $planted));
    $found == 2 or die "language: found $found of the 2 phrases planted\n";
}

# The text with all that is not prose replaced by walls, so that each character stays where it was.
sub prose {
    my ($file, $text) = @_;
    if ($file =~ /\.(rs|c|h|mjs)$/) {
        $text = comments_and_strings($text);
    } elsif ($file !~ /\.md$/) {
        $text =~ s/^(\s*)(#+!?)/$1 . ' ' x length $2/gem; # a comment that goes on in the next line is one
    }
    $text =~ s{^([ \t]*)(```[^\n]*\n)(.*?)^([ \t]*```)}{$1 . wall($2) . fenced($3) . wall($4)}gems;
    $text =~ s/(`+)[^`\n]+\1/wall($&)/ge;                    # code
    $text =~ s/\]\([^)\s]*\)/wall($&)/ge;                    # a link's target
    $text =~ s{https?://[^\s)>]+}{wall($&)}ge;
    $text =~ s/\n(?=[ \t]*\n)/$WALL/g;                       # a paragraph ends
    return $text;
}

# Of Rust or C: comments without their marks, and what strings hold.
sub comments_and_strings {
    my ($text) = @_;
    my $prose = '';
    while ($text =~ m{
        \G(?: (?<comment> //[^\n]* | /\*.*?\*/ )
            | (?<string> \b[bc]?r(?<hashes>\#*)"(?:.*?)"\k<hashes> | "(?:[^"\\]|\\.)*" )
            | (?<code> '(?:[^'\\\n]|\\[^\n][^'\n]*)' | \w+ | \s+ | . ) )
    }gxs) {
        if (defined $+{comment}) {
            my $comment = $+{comment};
            $comment =~ s{^/(?:/+!?|\*+!?)}{' ' x length $&}e;
            $comment =~ s{^([ \t]*)(\*+/?)}{$1 . ' ' x length $2}gem;
            $prose .= $comment;
        } elsif (defined $+{string}) {
            my $string = $+{string};
            $string =~ s/^[bcr#]*"|"#*$/wall($&)/ge;
            $string =~ s/\{[\w.]*(?::[^{}\s]*)?\}/wall($&)/ge; # a name in a format is code
            $string =~ s/\\(?:n|t|\n)/substr($&, 1, 1) eq "\n" ? " \n" : wall($&)/ge;
            $prose .= $string;
        } else {
            my $code = $+{code};
            $prose .= $code =~ /^\s/ ? $code : wall($code);
        }
    }
    return $prose;
}

# Of a fenced block: its comments.
sub fenced {
    my ($block) = @_;
    $block =~ s{^(.*?)((?://|/\*|(?:^|\s)\#\s).*)?$}{wall($1) . ($2 // '')}gem;
    return $block;
}

sub wall {
    my ($text) = @_;
    $text =~ s/[^\n]/$WALL/g;
    return $text;
}

# Reads the list below: a line is `phrase  pattern`, or `phrase  pattern  EXCEPT  pattern` with what is correct English.
# In a pattern, a space is any white space; case does not matter unless the phrase begins with a capital letter.
sub read_phrases {
    my @phrases;
    while (my $line = <DATA>) {
        next if $line =~ /^\s*(?:#|$)/;
        my ($name, $pattern) = $line =~ /^(.*?) {2,}(\S.*?)\s*$/ or die "not a phrase and a pattern: $line";
        my $likely = $pattern =~ s/ {2,}EXCEPT .*//r; # quick, for most files have none
        $pattern =~ s/^(.*?) {2,}EXCEPT {2,}(.*)$/(?:$2)(*SKIP)(*FAIL)|$1/;
        s/ /\\s+/g, $_ = $name =~ /^[A-Z]/ ? qr/$_/m : qr/$_/im for $likely, $pattern;
        push @phrases, { name => $name, likely => $likely, pattern => $pattern };
    }
    return \@phrases;
}

__DATA__
# A number without its noun: "the hardest so many". Name it: `k`, `len`, "the given number of rows".
so many           \bso (many|much|few)\b  EXCEPT  \bso (many|much|few) (more|less|fewer|\w+ that)\b

# "At most", "at least".
at the most       \bat the (most|least)\b

# "Compared with", "tested against".
held against      \b(held|holds?|holding)\b[^.;:\x01]{0,60}? against\b

# "Is not a number", "is not a box"; what there is none of may stay ("there is no heap").
is no             \b(is|are|was|were) no\b  EXCEPT  \bthere (is|are|was|were) no\b|\b(is|are|was|were) no (longer|more|less|fewer|\w+er) 

# Without the noun it stands for: "no RoI is", "no two of them are".
none is           (?<!=)\bnone (is|are|was|were|does|do|did|has|have|had|can|may|overlaps?)\b

# "A box that is none": "an invalid box".
is none           \b(is|are|was|were) (?-i:none)\b  EXCEPT  \bthere (is|are|was|were) none\b

# "Column loss: there is none": "missing column: loss".
: there is none   : there (is|are) none\b

# A pronoun that stands for a noun further back: repeat the noun, "a pointer that is refused".
one that          \bone that\b  EXCEPT  \b(the|each|every|any)( \w+)? one that\b

# A clause instead of a noun: "what is not a box" is "an invalid box", "what is wanted" the target, "what was selected"
# the selection. After say, show, explain and the like it asks a question, and may.
what is           \bwhat (is|are|was|were)\b  EXCEPT  \b(says?|said|saying|shows?|explains?|describes?|knows?|decides?|sees?)(,? (and |or )?what (is|are|was|were)\b[^.,;\x01]{0,60})+|\bwhat (is|are|was|were)\b[^.;\x01]*\?

# "Whoever wants speed takes": "for speed, take", "if you want speed, take".
who wants         (?:^|[,.:;] )who (can|wants?|needs?|trains?|has|does|keeps?|knows?|must)\b

# A length: "`out` is not as long as `boxes`", "4 elements", "free slots"; not "has not a place for each".
places            \bplaces\b|\ba place for\b  EXCEPT  \b(in|at|from|decimal|swaps?|changes?|trades?) (\w+ )?places\b

# "In memory of its own": "in its own memory".
of its own        \bof (its|their|our|your) own\b

# "Free", "without cost".
for nothing       \bfor nothing\b

# "Yet", or nothing.
as yet            \bas yet\b

# "Costs in all", "is handled as", "becomes", "gives"; "what came of it" is the outcome or the result.
comes to          \b(comes?|came) (to|of)\b|\bbec[ao]mes? of\b  EXCEPT  \b(comes?|came) to (an end|a stop|mind|rest)\b

# "About 20".
some 20           \bsome (\d|(ten|twelve|twenty|thirty|forty|fifty|sixty|hundred|thousand|million)\b)

# "Expensive".
dear              \bdear(er|est|ly)?\b

# A condition put before its subject: "if", or the main clause first.
Where ... there   (?:^|[.;:] )Where [^.;:\x01]{1,120} there (is|are|was|were)\b|(?:^|[.;] )Where [^.;:,\x01]{1,120}, (it|its|that|this|they|the|an?|no|only|\w+ (is|are|has|have))\b

# Shrivastava's code is "the original", the naive version of ours "the oracle"; `&T` is "a reference".
the reference     \b(the|naive|our) reference\b  EXCEPT  \bthe reference (count|type|manual)

# "Except for".
but for           \bbut for\b

# "Pays off", "is useful".
of use            \b(is|are|be|was) of (no |little )?use\b

# "Is 4 bytes long", "belongs to image 3", "has 290".
is of             \b(is|are|was|were) of\b  EXCEPT  \b(is|are|was|were) of (the same|equal|different|type|length|order|interest|course|no use|use)\b

# "Yields", "returns".
hands out         \bhand(s|ed|ing)? (out|over)\b

# "Says", "shows", "returns"; one tells somebody. "Can tell whether" is English.
tells             \btells? (what|how|which|when|where|whether|if|why|the|all|that)\b|\b(is|are|was|were|be) told\b  EXCEPT  \b(can|cannot|could|to) tell (whether|which|what|if|the difference)\b|\b(is|are|was|were|be) told (apart|how|to|when|what|which|whether)\b

# "Is", "is written", "depends on", "is stored in".
stands            \bstands?\b  EXCEPT  \bstands? (alone|for|in for|out|by|still)\b

# "Has no", "is shorter than", "lacks".
has not           \b(has|have) not( (an?|as|room|the|any|enough|one|exactly)\b|[.,;)])

# "Again".
anew              \banew\b

# "The target", "the goal".
wanted            \bhoped for\b|\b(was|were|been) wanted\b|\bthe \w+ wanted\b

# "Of most images".
many a            \bmany an?\b  EXCEPT  \bhow many an?\b

# "An unknown layout".
that there is not  \bthat there (is|are) not\b

# "The caller must guarantee".
the caller's to   \b(caller|user|reader)'s to \w+

# "Because".
for it is         [,;:] for (it|they|there|this|that|these|those|each|all|(a|an|the|its|their) \w+) (is|are|was|were|has|have|had|would|will|can|cannot|could|may|might|does|do|did|must)\b

# "At 32 and above", "starting at 0".
from 32 on        \bfrom \d[\d,.]*( \w+)? on\b(?! (an?|the|this|which|each)\b)

# A metaphor for `size_of`.
memory bill       \bmemory bill\b
PERL
    )
