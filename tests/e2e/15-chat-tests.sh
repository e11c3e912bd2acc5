#!/bin/sh
# The conversations of tests/chat, played as they are, with every message twice and a restart before each turn, and in another
# order; and then conversations that are wrong on purpose, each of which the runner must notice.
set -eu
. tests/e2e/lib.sh

ESSAI=tests/e2e/essai
CALL='! stub POST /missions/ -> 201 {"numero": "COUR-1"}'
RECAP='! at course.confirmer depart=Moungali nom=Grâce tel=+242066001122'
unset CI LC_ALL LC_MESSAGES
export LANG=en_GB.UTF-8

# Each conversation is a test of its own.
run_tests() { # run_tests NAME ARGUMENTS…
    name=$1
    shift
    out=$("$LISOLO" test --format tap "$@" 2>&1) || true
    passed=$(printf '%s\n' "$out" | grep -c '^ok ' || true)
    failed=$(printf '%s\n' "$out" | grep -c '^not ok ' || true)
    PASSED=$((PASSED + passed))
    FAILED=$((FAILED + failed))
    printf '%s: %s\n' "$name" "$(printf '%s\n' "$out" | tail -n 1)"
    if [ "$failed" -gt 0 ] || [ "$passed" -eq 0 ]; then printf '%s\n' "$out"; fi
    [ "$passed" -gt 0 ] || FAILED=$((FAILED + 1))
}

run_tests 'as written'
run_tests 'every message twice, restarts, statuses shuffled' --chaos
run_tests 'in another order on two threads' --shuffle 7 -j 2
run_tests 'every order of the format' --scripts "$ESSAI" "$ESSAI/chat"

# A conversation that is wrong: wrong NAME WORDS-OF-THE-REPORT < file
wrong() {
    mkdir -p "$DIR/wrong"
    cat >"$DIR/wrong/essai.chat"
    code=0
    out=$("$LISOLO" test --scripts "$ESSAI" "$DIR/wrong" 2>&1) || code=$?
    is "$code" 1 "$1: the run fails"
    has "$out" "$2" "$1: the report says so"
    has "$out" '0 passed, 1 failed' "$1: and counts it"
}

wrong 'a wrong word' '- À qui devons-nous rendre le colis ?' <<'END'
# Un mot faux
! at course.depart
> Rond-point Moungali
< À qui devons-nous rendre le colis ?
| Écrivez son prénom et son nom.
END
has "$out" '+ À qui devons-nous remettre le colis ?' 'what was sent stands beside it'
has "$out" 'text from   templates/essai.lua:' 'the place of the wording is named'
has "$out" 'sent by     flows/course.lua:' 'and the step that sent it'
has "$out" 'state       course.nom  depart="Rond-point Moungali"' 'and the state'
out=$(LANG=fr_FR.UTF-8 "$LISOLO" test --scripts "$ESSAI" "$DIR/wrong" 2>&1) || true
has "$out" 'ÉCHEC' 'and all of it in French'

wrong 'a wrong message' '+ = course.depart' <<'END'
# Un autre message
> course
< = course.nom
END
wrong 'a missing message' 'nothing was sent to client' <<'END'
# Il en manque un
> menu
< = commun.menu
< = commun.menu
END
wrong 'an extra message' 'nobody expected it' <<'END'
# Un de trop
> menu
END
wrong 'an extra message before the next words' 'essai.chat:4' <<'END'
# Un de trop, plus tôt
> @sticker
< = commun.non_pris_en_charge
> menu
< = commun.menu
< = commun.menu
END
wrong 'words that come while silence is expected' 'nobody expected it' <<'END'
# Pas de silence
> course
< = course.depart
! +10 min
! silence
END
wrong 'a stub that nobody calls' 'this stub was never called' <<'END'
# Un stub pour rien
! stub GET /rien/ -> 200 {}
> menu
< = commun.menu
END
wrong 'a call without a stub' 'no stub     POST /missions/' <<END
# Sans stub
$RECAP
> 1
< = commun.annule
END
wrong 'a call that was not made' 'did not receive GET /missions/' <<END
# Un autre appel
$CALL
$RECAP
> 1
< = course.fait
! sent GET /missions/
END
wrong 'a call with other data' 'first at nom' <<END
# D'autres données
$CALL
$RECAP
> 1
< = course.fait
! sent POST /missions/ {"nom": "Prisca"}
END
wrong 'a reminder that still waits' 'a timer of client is still waiting' <<'END'
# Une relance attend
> course
< = course.depart
END
wrong 'a wrong state' 'the state has step=depart' <<'END'
# Un autre état
> course
< = course.depart
! state step=nom
! timers 1
END
wrong 'a wrong time' 'course.toujours_la comes in 10.0 min' <<'END'
# Une autre heure
> course
< = course.depart
! timer course.toujours_la in 5 min
END
wrong 'free text outside the window' 'cannot be sent' <<'END'
# Hors des 24 heures, sans modèle
> menu
< = commun.menu
! +34 h
! event mission.status_changed {"telephone": "06 612 34 56", "numero": "COUR-1", "statut": "en_route"}
< = notif.en_route
END
wrong 'a button that nobody sent' 'nobody has sent client a button [oui]' <<'END'
# Pas de bouton
> menu
< = commun.menu
> [oui]
END
wrong 'another reference than before' '- C' <<END
# Une autre référence
! stub POST /missions/ -> 201 {"numero": "COUR-1"}
! stub POST /missions/ -> 201 {"numero": "COUR-2"}
$RECAP
> 1
< C'est noté ! Votre référence : *{ref=COUR%-%d}*
| ...
$RECAP
> 1
< C'est noté ! Votre référence : *{=ref}*
| ...
END
wrong 'a word with something invisible' '*COUR‹U+200B›1*' <<END
# Invisible
! stub POST /missions/ -> 201 {"numero": "COUR$(printf '\342\200\213')1"}
$RECAP
> 1
< C'est noté ! Votre référence : *COUR1*
| ...
END
wrong 'a slip in an order' "essai.chat:2: there is no '! restrat': did you mean '! restart'?" <<'END'
# Une faute de frappe
! restrat
END
wrong 'an order that cannot be read' 'essai.chat:2: cannot read this: write it like  ! clock 2025-01-27 09:00' <<'END'
# Une heure
! clock demain
END
wrong 'JSON that is none' 'essai.chat:2: this is not JSON' <<'END'
# Du JSON
! event x {nom: 1}
END
wrong 'a line that is nothing' 'essai.chat:2: what is this line?' <<'END'
# Une ligne
Bonjour
END
wrong 'a person that nobody knows' 'who is livreur?' <<'END'
# Qui ?
livreur> Bonjour
END

# --update mends what differs and nothing else.
cat >"$DIR/wrong/essai.chat" <<'END'
# Mise à jour
! stub POST /missions/ -> 201 {"numero": "COUR-7"}
> course
< = course.nom
> Moungali
< ?
> G
< = course.nom
> Grâce
> 066001122
< Le colis pour {*}, part de {*}.
| ...

# Le reste, qui ne change pas
> [oui]
< C'est noté ! Votre référence : *{*}*
| Nous cherchons quelqu'un.
! sent POST /missions/ {"nom":"Prisca"}
END
cp "$DIR/wrong/essai.chat" "$DIR/before.chat"
code=0
CI=true "$LISOLO" test --scripts "$ESSAI" --update "$DIR/wrong" >/dev/null 2>&1 || code=$?
is "$code" 1 'with CI=true --update fails like a plain run'
is "$(cat "$DIR/wrong/essai.chat")" "$(cat "$DIR/before.chat")" 'and writes nothing'
"$LISOLO" test --scripts "$ESSAI" --update "$DIR/wrong" >/dev/null 2>&1 || true
is "$(cat "$DIR/wrong/essai.chat")" "# Mise à jour
! stub POST /missions/ -> 201 {\"numero\": \"COUR-7\"}
> course
< = course.depart
> Moungali
< À qui devons-nous remettre le colis ?
| Écrivez son prénom et son nom.
> G
< = commun.pas_compris
> Grâce
> 066001122
< À quel numéro pouvons-nous joindre Grâce ?
| Par exemple : 06 612 34 56
< Le colis pour {*}, part de {*}.
| ...

# Le reste, qui ne change pas
> [oui]
< C'est noté ! Votre référence : *{*}*
| Nous cherchons un livreur.
! sent POST /missions/ {\"nom\":\"Grâce\"}" '--update rewrites what differs and nothing else'
out=$("$LISOLO" test --scripts "$ESSAI" "$DIR/wrong" 2>&1) || true
has "$out" '1 passed, 0 failed' 'and then the test passes'
cp "$DIR/before.chat" "$DIR/wrong/essai.chat"
yes r | "$LISOLO" test --scripts "$ESSAI" --review "$DIR/wrong" >/dev/null 2>&1 || true
is "$(cat "$DIR/wrong/essai.chat")" "$(cat "$DIR/before.chat")" '--review writes nothing that was refused'
yes a | "$LISOLO" test --scripts "$ESSAI" --review "$DIR/wrong" >/dev/null 2>&1 || true
out=$("$LISOLO" test --scripts "$ESSAI" "$DIR/wrong" 2>&1) || true
has "$out" '1 passed, 0 failed' 'and everything that was accepted'

# Formats and coverage.
out=$("$LISOLO" test --format json 2>/dev/null) || true
is "$(printf '%s' "$out" | jq '.coverage | [.steps, .choices, .failures, .messages] | all(. >= 0.95 and . <= 1)')" true \
    'JSON: four fractions, and of each the shipped tests reach 95 %'
is "$(printf '%s' "$out" | jq -r '[.coverage.missing[] | select(.what == "step")] | length')" 0 'every step of the shipped flows is reached'
code=0
out=$("$LISOLO" test --min-coverage 95 2>&1) || code=$?
is "$code" 0 'the shipped tests reach 95 % of steps, choices, failures and messages together'
[ "$code" -eq 0 ] || "$LISOLO" test --coverage || true
out=$("$LISOLO" test --scripts "$ESSAI" --format junit "$DIR/wrong" 2>/dev/null) || true
has "$out" '<testsuite name="lisolo" tests="1" failures="0"' 'JUnit: a file is a test case'
out=$("$LISOLO" test --scripts "$ESSAI" --coverage "$DIR/wrong" 2>/dev/null) || true
has "$out" 'course.depart remind' 'coverage names what was not reached'
code=0
"$LISOLO" test --scripts "$ESSAI" --min-coverage 100 "$DIR/wrong" >/dev/null 2>&1 || code=$?
is "$code" 1 'too little coverage fails'
mkdir "$DIR/none"
code=0
"$LISOLO" test "$DIR/none" >/dev/null 2>&1 || code=$?
is "$code" 5 'no tests is exit code 5'
done_testing
