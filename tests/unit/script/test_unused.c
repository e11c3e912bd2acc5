/* What nobody will ever read, and what nobody will ever ask for. */
#include <stdio.h>
#include <stdlib.h>

#include "support.h"

/* The problems of M02 and M04 among those of these two files, one a line. */
static const char *unused(const char *flow, const char *words)
{
    static const char COMMON[] =
        "message 'commun.pas_compris' { fr = 'a' }\nmessage 'commun.probleme' { fr = 'a' }\nmessage 'commun.bouton_ancien' { fr = 'a' }\n"
        "message 'commun.aide' { fr = 'a' }\nmessage 'commun.non_pris_en_charge' { fr = 'a' }\nmessage 'commun.menu' { fr = 'a' }\n";
    static char text[4096];
    struct script_limits limits = script_limits_default();
    struct script_sources sources = sources_of("flows/essai.lua", flow, "templates/commun.lua", COMMON, "templates/x.lua", words, NULL);
    struct problems problems;
    struct generation *g;
    size_t used = 0;

    problems_init(&problems);
    g = generation_load(&sources, &limits, "CG", &problems);
    text[0] = '\0';
    for (size_t i = 0; i < problems.count; i++) {
        const struct problem *p = &problems.list[i];

        if (p->severity == PROBLEM_ERROR)
            fail_msg("%s:%d %s", p->file, p->line, p->text);
        if (strcmp(p->code, "M02") == 0 || strcmp(p->code, "M04") == 0)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s %s:%d:%d %s\n", p->code, p->file, p->line, p->column, p->text);
    }
    assert_non_null(g);
    generation_drop(g);
    problems_free(&problems);
    return text;
}

#define HEAD "menu { say = 'commun.menu', on = { } }\nlocal f = flow 'essai'\nf.start = 'x'\nf.words = { 'essai' }\n"

static void a_message_that_no_flow_names_is_told(void **state)
{
    (void)state;
    assert_string_equal(unused(HEAD "f:ask 'x' { say = 'q', expect = text {} }\nf:finish 'fin' { }\n", "message 'q' { fr = 'x' }\n-- note\nmessage 'seul' { fr = 'x' }\n"),
                        "M02 templates/x.lua:3:1 the message \"seul\" is never sent\n");
    assert_string_equal(unused(HEAD "f:ask 'x' { say = 'q', expect = text {} }   -- 'seul'\nf:finish 'fin' { }\n", "message 'q' { fr = 'x' }\nmessage 'seul' { fr = 'x' }\n"),
                        "M02 templates/x.lua:2:1 the message \"seul\" is never sent\n");
}

static void a_message_that_a_function_names_is_used(void **state)
{
    (void)state;
    assert_string_equal(unused(HEAD "f:ask 'x' { say = 'q', expect = text {}, check = function(c, v) return nil, 'non' end }\nf:finish 'fin' { }\n",
                               "message 'q' { fr = 'x' }\nmessage 'non' { fr = 'x' }\n"), "");
}

static void what_the_host_itself_says_is_used(void **state)
{
    (void)state;
    assert_string_equal(unused(HEAD "f:ask 'x' { say = 'q', expect = text {} }\nf:finish 'fin' { }\n",
                               "message 'q' { fr = 'x' }\nmessage 'commun.expire' { fr = 'x' }\nmessage 'commun.patientez' { fr = 'x' }\n"
                               "message 'commun.rien_a_annuler' { fr = 'x' }\n"), "");
}

static void templates_may_be_sent_by_hand(void **state)
{
    (void)state;
    assert_string_equal(unused(HEAD "f:ask 'x' { say = 'q', expect = text {} }\nf:finish 'fin' { }\n",
                               "message 'q' { fr = 'x' }\ntemplate 'offre' { category = 'marketing', fr = 'Bonjour à tous.' }\n"), "");
}

static void an_answer_that_nothing_reads_is_told(void **state)
{
    static const char WORDS[] = "message 'q' { fr = 'x' }\n";

    (void)state;
    assert_string_equal(unused(HEAD "f:ask 'x' { say = 'q', expect = text {},\n  save = 'nom' }\nf:finish 'fin' { }\n", WORDS),
                        "M04 flows/essai.lua:6:10 \"nom\" is saved here and never used\n");
    assert_string_equal(unused(HEAD "f:ask 'x' { say = 'q', expect = text {}, save = 'nom' }\nf:ask 'b' { say = 'q', expect = text { }, check = function(c) return c.nom == 'a' end }\nf:finish 'fin' { }\n", WORDS), "");
    assert_string_equal(unused(HEAD "f:ask 'x' { say = 'q', expect = text {}, save = 'nom' }\nf:finish 'fin' { say = 'm' }\n", "message 'q' { fr = 'x' }\nmessage 'm' { fr = 'Merci {nom}.' }\n"), "");
    assert_string_equal(unused(HEAD "f:ask 'x' { say = 'q', expect = text {}, save = 'nom' }\nf:call 'c' { GET = '/a/{nom}/', ok = 'fin', fail = { other = 'fin' } }\nf:finish 'fin' { }\n", WORDS), "");
    assert_string_equal(unused(HEAD "f:ask 'x' { say = 'q', expect = text {}, save = 'langue' }\nf:finish 'fin' { }\n", WORDS), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(a_message_that_no_flow_names_is_told),
        EACH(a_message_that_a_function_names_is_used),
        EACH(what_the_host_itself_says_is_used),
        EACH(templates_may_be_sent_by_hand),
        EACH(an_answer_that_nothing_reads_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
