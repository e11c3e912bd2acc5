/* What authors are told about their files: code, place, words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "source.h"

static bool is_explained(const char *code)
{
    size_t count;
    const struct wording_code *codes = wording_codes(&count);

    for (size_t i = 0; i < count; i++)
        if (strcmp(codes[i].code, code) == 0)
            return codes[i].meaning[0] != '\0';
    return false;
}

static size_t nothing_known(void *ctx, const char *path)
{
    (void)ctx;
    (void)path;
    return 0;
}

/* All that is found in a file: "line:column severity code text", one a line; "(hint)" behind it where there is one. */
static const char *found(const char *lua)
{
    static char text[32768];
    static const char SEVERITY[] = { [PROBLEM_ERROR] = 'E', [PROBLEM_WARNING] = 'W', [PROBLEM_NOTE] = 'I' };
    struct source s;
    size_t used = 0;

    source_build(&s, "templates/t.lua", lua);
    for (size_t i = 0; i < wording_count(s.wording); i++)
        wording_check_length(wording_at(s.wording, i), nothing_known, NULL, &s.problems);
    problems_sort(&s.problems);
    text[0] = '\0';
    for (size_t i = 0; i < s.problems.count; i++) {
        const struct problem *p = &s.problems.list[i];

        assert_string_equal(p->file, "templates/t.lua");
        if (!is_explained(p->code))
            fail_msg("%s is not in wording_codes()", p->code);
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%d:%d %c %s %s%s%s%s", i == 0 ? "" : "\n", p->line, p->column, SEVERITY[p->severity],
                                 p->code, p->text, *p->hint == '\0' ? "" : " (", p->hint, *p->hint == '\0' ? "" : ")");
    }
    source_free(&s);
    return text;
}

/* The same for one French body: its first line is line 2. */
static const char *in_body(const char *body)
{
    static char lua[16384];

    snprintf(lua, sizeof lua, "message \"m\" { fr = [==[\n%s\n]==] }\n", body);
    return found(lua);
}

/* `text` begins with it. */
static void begins(const char *text, const char *with)
{
    if (strncmp(text, with, strlen(with)) != 0)
        fail_msg("\n got %s\nwant %s", text, with);
}

static void m05_a_language_is_missing(void **state)
{
    (void)state;
    begins(found("message \"m\" { en = \"Hello\" }"), "1:1 E M05 message \"m\" has no French text (add `fr = [[ … ]]`)");
    begins(found("message \"a\" { fr = \"x\", en = \"x\" }\n\nmessage \"m\" { fr = \"x\" }"), "3:1 W M05 message \"m\" has no English text (en); its readers get French (write it");
    assert_string_equal(found("message \"a\" { fr = \"x\", en = \"x\" }\nmessage \"m\" { fr = \"x\", fallback = { en = \"fr\" } }"), "");
    assert_string_equal(found("message \"a\" { fr = \"x\" }"), "");
    begins(found("labels \"s\" { en = \"a = A\" }"), "1:1 E M05 labels \"s\" has no French text");
}

static void m06_languages_differ(void **state)
{
    (void)state;
    begins(found("message \"m\" {\n fr = [[\n{a} {b}\n[x] X\n]],\n en = [[\n{a} {c}\n[y] Y\n]] }"),
           "7:1 W M06 \"m\": French has {b}, English has not (the same values and buttons belong in every language)\n"
           "7:1 W M06 \"m\": French has [x], English has not");
    assert_non_null(strstr(found("message \"m\" {\n fr = [[\n{a}\n]],\n en = [[\n{a} {c}\n]] }"), "6:1 W M06 \"m\": English has {c}, French has not"));
    begins(found("labels \"s\" { fr = [[\na = A\nb = B\n]], en = [[\na = A\n]] }"), "3:1 W M06 labels \"s\": \"b\" has no English text");
}

static void m07_a_format_is_not_understood(void **state)
{
    (void)state;
    assert_string_equal(in_body("Prix : {p|fcfaa}"), "2:8 E M07 {p}: unknown format |fcfaa (did you mean |fcfa?)");
    assert_string_equal(in_body("é{p|majuscules}"), "2:2 E M07 {p}: unknown format |majuscules (formats are fcfa number date time phone short plural label timeline upper link or)");
    begins(in_body("{p|short}"), "2:1 E M07 {p}: |short: cannot read \"\" (how many characters may stay: {nom|short 24})");
    begins(in_body("{p|short 1}"), "2:1 E M07 {p}: |short: cannot read \"1\"");
    begins(in_body("{p|number x}"), "2:1 E M07 {p}: |number: cannot read \"x\"");
    begins(in_body("{p|date long}"), "2:1 E M07 {p}: |date: cannot read \"long\" ({jour|date}");
    begins(in_body("{p|fcfa 2}"), "2:1 E M07 {p}: |fcfa takes nothing behind it");
    begins(in_body("{p|or x}"), "2:1 E M07 {p}: |or: needs words between quotes");
    begins(in_body("{p|or \"\"}"), "2:1 E M07 {p}: |or: needs words between quotes");
    begins(in_body("{p|label}"), "2:1 E M07 {p}: |label needs the name of a labels statement");
    begins(in_body("{p|label statut heures}"), "2:1 E M07 {p}: |label needs the name of a labels statement");
    begins(in_body("{p|label statut}"), "2:1 E M07 {p}: there are no labels \"statut\" (write labels");
    begins(found("labels \"s\" { fr = \"a = A\" }\nmessage \"m\" { fr = [[\n{p|timeline s 1x}\n]] }"), "3:1 E M07 {p}: |timeline: \"1x\" is not a value's name");
    begins(in_body("{p|plural un:\"x\" other:\"y\"}"), "2:1 E M07 {p}: plural: cannot read \"un:\"x\" other:\"y\"\"");
    begins(in_body("{p|plural one:x other:\"y\"}"), "2:1 E M07 {p}: plural: cannot read \"one:x other:\"y\"\"");
    begins(in_body("{p|upper|shrot 3}"), "2:1 E M07 {p}: unknown format |shrot (did you mean |short?)");
}

static void m08_a_plural_needs_other(void **state)
{
    (void)state;
    begins(in_body("{n|plural one:\"# jour\"}"), "2:1 E M08 {n}: plural without other: (add other:");
    begins(in_body("{n|plural}"), "2:1 E M08");
}

static void m09_too_many_choices(void **state)
{
    (void)state;
    assert_string_equal(in_body("Quoi\n[a] A\n[b] B\n[c] C\n[d] D"), "6:1 E M09 [d] is the fourth button, WhatsApp shows three (add a line `@menu Choisir`: a list of up to ten rows)");
    assert_string_equal(in_body("Quoi\n@menu V\n[a] A\n[b] B\n[c] C\n[d] D\n[e] E\n[f] F\n[g] G\n[h] H\n[i] I\n[j] J\n[k] K"), "14:1 E M09 [k] is the eleventh row, WhatsApp shows ten (make two messages of it)");
    assert_string_equal(in_body("Quoi\n@menu V"), "3:1 E M09 @menu without rows (add rows: [id] Title :: description)");
    begins(in_body("Quoi\n@menu V\n[row] {n|short 9}\n[a] A\n[b] B\n[c] C\n[d] D\n[e] E\n[f] F\n[g] G\n[h] H\n[i] I\n[j] J"), "4:1 E M09 [row] leaves no room");
}

static void m10_titles_are_too_long(void **state)
{
    (void)state;
    assert_string_equal(in_body("Q\n[a] 123456789012345678901"), "3:5 E M10 the title of this button has 21 characters, WhatsApp accepts 20 (make it shorter; an emoji counts as two)");
    assert_string_equal(in_body("Q\n[a] 12345678901234567890"), "");
    begins(in_body("Q\n[a] 👍2345678901234567890"), "3:5 E M10 the title of this button has 21");
    begins(in_body("Q\n@menu V\n[a] 1234567890123456789012345"), "4:5 E M10 the title of this row has 25 characters, WhatsApp accepts 24");
    begins(in_body("Q\n@menu V\n[a] A :: 1234567890123456789012345678901234567890123456789012345678901234567890123"), "4:10 E M10 the description of this row has 73 characters, WhatsApp accepts 72");
    begins(in_body("Q\n@menu 123456789012345678901\n[a] A"), "3:7 E M10 the word of @menu has 21");
    begins(in_body("Q\n@header 1234567890123456789012345678901234567890123456789012345678901\n[a] A"), "3:9 E M10 the header has 61 characters, WhatsApp accepts 60");
    begins(in_body("Q\n@footer 1234567890123456789012345678901234567890123456789012345678901\n[a] A"), "3:9 E M10 the footer has 61");
    /* The narrow space that French puts before ! counts too. */
    begins(in_body("Q\n[a] 1234567890123456789!"), "3:5 E M10 the title of this button has 21");
}

static void m11_choices_are_empty_or_twice(void **state)
{
    (void)state;
    assert_string_equal(in_body("Q\n[a]"), "3:1 E M11 [a] has no title (write the title behind it, or \\[ for text)");
    assert_string_equal(in_body("Q\n[a] X\n[b] X"), "4:5 E M11 [b] has the title of another one (give it another title)");
    assert_string_equal(in_body("Q\n[a] X\n[a] Y"), "4:1 E M11 [a] stands twice (give it another id)");
    assert_string_equal(in_body("Q\n@menu V\n[a] X\n[b] X"), "5:5 W M11 [b] has the title of another one (give it another title)");
    assert_string_equal(in_body("Q\n[a] {x|short 9}\n[b] {y|short 9}"), "");
}

static void m12_texts_are_empty_or_too_long(void **state)
{
    char body[5000] = "";

    (void)state;
    assert_string_equal(in_body(""), "2:1 E M12 there is no text (WhatsApp refuses a message without text)");
    begins(in_body("[a] A"), "2:1 E M12 there is no text");
    for (int i = 0; i < 1024; i++)
        strcat(body, "x");
    strcat(body, "\n[a] A");
    assert_null(strstr(in_body(body), "M12"));
    body[0] = 'y';
    memmove(body + 1, body, strlen(body) + 1);
    begins(in_body(body), "2:1 E M12 the text has 1025 characters, WhatsApp accepts 1024 (make two messages of it)");
    for (int i = 0; i < 4096; i++)
        body[i] = 'x';
    body[4096] = '\0';
    assert_null(strstr(in_body(body), "M12"));
    strcat(body, "x");
    begins(in_body(body), "2:1 E M12 the text has 4097 characters, WhatsApp accepts 4096");
    begins(in_body("{a} {b} {c} {d} {e} {f}\n[a] A"), "2:1 W M12 with long values the text may reach 1205 characters, WhatsApp accepts 1024 (cut long values with |short");
    assert_string_equal(in_body("{a|short 99} {b|fcfa} {c|phone} {d|date} {e} {f}\n[a] A"), "");
}

static void m13_values_in_titles_are_cut(void **state)
{
    (void)state;
    assert_string_equal(in_body("Q\n[a] {x}"), "3:5 W M13 the title of this button may become longer than the 20 characters that WhatsApp accepts; it is then cut (cut the value with |short)");
    assert_string_equal(in_body("Q\n[a] {x|short 20}"), "");
    begins(in_body("Q\n[a] A {x|short 20}"), "3:5 W M13");
    assert_string_equal(in_body("Q\n[a] {x|fcfa}"), "");
}

static void m05_who_stands_in_has_a_text(void **state)
{
    (void)state;
    begins(found("message \"m\" { fr = \"x\", fallback = { ln = \"en\" } }"),
           "1:43 W M05 ln falls back on \"en\", in which nothing is written; its readers get French (did you mean \"fr\"?)");
    begins(found("message \"m\" { fr = \"x\", fallback = { ln = \"en\", en = \"ln\" } }"), "1:43 W M05 ln falls back on \"en\"");
    begins(found("labels \"m\" { fr = \"x = X\", fallback = { ln = \"en\" } }"), "1:46 W M05 ln falls back on \"en\"");
    assert_string_equal(found("message \"m\" { fr = \"x\", fallback = { ln = \"en\", en = \"fr\" } }"), "");
    assert_string_equal(found("message \"m\" { fr = \"x\", en = \"y\", fallback = { ln = \"en\" } }"), "");
}

static void m22_a_language_that_lisolo_does_not_speak(void **state)
{
    (void)state;
    begins(found("message \"m\" { fr = \"x\", kg = \"y\" }"), "1:3 E M22 unknown key `kg` in message (languages are fr, en and ln)");
    begins(found("message \"m\" { fr = \"x\", fallback = { kg = \"fr\" } }"),
           "1:3 E M22 cannot read this fallback (languages are fr, en and ln: fallback = { ln = \"fr\" })");
}

static void m14_links_are_https(void **state)
{
    (void)state;
    begins(found("message \"m\" { image = \"http://a.cg/x.jpg\", image_fallback = \"medias/x.jpg\", fr = \"x\" }"),
           "1:24 E M14 image must be an https:// link (Meta fetches it itself, by https only)\n1:62 E M15 image_fallback: this version sends no files of its own, "
           "only what an https:// link leads to (put it on a web server: image_fallback = \"https://…\")");
    assert_string_equal(found("message \"m\" { image = \"{a}\", image_fallback = \"https://a.cg/{b}.jpg\", fr = \"x\" }"), "");
    begins(in_body("un\nVoir http://a.cg"), "3:6 W M14 a link with http:// (use https://)");
}

#define LINKS "links { hosts = { \"toktok.example\", \"images.toktok.example\" } }\n"

static void m14_hosts_that_links_does_not_name_are_shown(void **state)
{
    (void)state;
    begins(found(LINKS "message \"m\" { fr = [[\nVoir https://tokok.example/a\n]] }"),
           "3:6 W M14 a link to \"tokok.example\", which `links` does not name (did you mean \"toktok.example\"?)");
    begins(found(LINKS "message \"m\" { fr = [[\n@if a: (https://localhost:8080/a).\n]] }"),
           "3:9 W M14 a link to \"localhost\", which `links` does not name (correct it, or add \"localhost\" to the hosts of `links`)");
    begins(found(LINKS "message \"m\" { fr = [[\nhttps://toktok.example@piege.example\n]] }"), "3:1 W M14 a link to \"piege.example\"");
    begins(found(LINKS "message \"m\" { fr = [[\nQ\n@link Voir :: https://piege.example/{a}\n]] }"), "4:15 W M14 a link to \"piege.example\"");
    begins(found(LINKS "message \"m\" { image = \"{a}\", image_fallback = \"https://piege.example/{b}.jpg\", fr = \"x\" }"),
           "2:48 W M14 a link to \"piege.example\"");
    assert_string_equal(found(LINKS "message \"m\" { image = \"https://Images.TokTok.example/{a}\", image_fallback = \"https://{a}/b\", fr = [[\n"
                                    "Voir https://toktok.example. Ou https://toktok.example/{a}, https://a.{b}/c et {c|link}\n]] }"), "");
    assert_string_equal(found("message \"m\" { fr = \"https://toktok.example\" }"), "");
}

static void links_names_hosts_and_is_written_once(void **state)
{
    (void)state;
    begins(found("links { hosts = { \"https://a.example/\" } }"), "1:1 E M22 a host is only what stands between https:// and the next /: \"https://a.example/\"");
    begins(found("links { hosts = \"a.example\" }"), "1:17 E M22 hosts must be a list of texts (hosts = { \"images.example.cg\" })");
    begins(found("links { hosts = { 1 } }"), "1:1 E M22 hosts must be a list of texts");
    begins(found("links { host = { \"a.example\" } }"), "1:1 E M22 `links` names no hosts (links { hosts = { \"images.example.cg\" } })\n1:3 E M22 unknown key `host` in links (did you mean `hosts`?)");
    begins(found(LINKS LINKS), "2:1 E M23 `links` stands in templates/t.lua:1 already (keep them in one file)");
}

static void m15_files_of_ones_own_are_not_sent(void **state)
{
    (void)state;
    begins(found("message \"m\" { video = \"medias/film-{a}.mp4\", fr = \"x\" }"), "1:24 E M15 video: this version sends no files");
    begins(found("message \"m\" { document = \"{a}\", document_fallback = \"C:/tarifs.pdf\", fr = \"x\" }"), "1:54 E M15 document_fallback: ");
    begins(found("message \"m\" { audio = \"ftp://a.cg/x.mp3\", fr = \"x\" }"), "1:24 E M14 audio must be an https:// link");
}

static void m16_marks_come_in_pairs(void **state)
{
    (void)state;
    assert_string_equal(in_body("un *gras"), "2:4 W M16 a * without its partner (marks come in pairs, on one line)");
    begins(in_body("un _penché"), "2:4 W M16 a _ without");
    begins(in_body("un ~barré"), "2:4 W M16 a ~ without");
    begins(in_body("**gras**"), "2:1 W M16 ** shows as asterisks (WhatsApp's bold is *one* asterisk)");
    begins(in_body("@if x: *{x}"), "2:8 W M16");
    begins(in_body("{a|or \"{x}\"} puis \\{ *b*, _c à la fin !"), "2:27 W M16 a _ without");
    begins(in_body("Déjà *dit* : *ici*, *là"), "2:21 W M16 a * without");
    begins(in_body("Ceci : **gras**"), "2:8 W M16 ** shows");
    begins(found("message \"m\" { fr = \"un *gras\" }"), "1:24 W M16");
    assert_string_equal(in_body("*a* _b_ ~c~ *{x}* (*d*), *e* : mot_cle 5*3 2 * 3\n* puce\n`*x` https://a.cg/*x _*les deux*_"), "");
}

static void m17_slips_that_look_like_text(void **state)
{
    (void)state;
    begins(in_body("Q\n@meni Choisir\n[a] A"), "3:1 E M17 @meni is not a directive (did you mean @menu? Write \\@meni for text)");
    begins(in_body("Q\n@toktok sur les réseaux"), "3:1 W M17 @toktok is not a directive (it is sent as text");
    begins(in_body("Q\n[Été] A"), "3:1 W M17 this looks like a button and is sent as text");
    begins(in_body("Q\n[a]A"), "3:1 W M17 this looks like a button");
    begins(in_body("Q\n  [a] A"), "3:3 W M17 buttons and directives stand at the start of a line");
    begins(in_body("Q\n @if a: b"), "3:2 W M17 buttons and directives");
    begins(in_body("Q\n@if a: [b] B"), "3:8 E M17 only text can stand behind @if or @each");
    begins(in_body("Q\n@each a: @menu b"), "3:10 E M17 only text");
    assert_string_equal(in_body("Q\n\\[x] a\n\\@menu\n@ 5 km"), "");
    begins(in_body("Q\n @link Voir :: https://e.org"), "3:2 W M17 buttons and directives stand at the start of a line");
    begins(in_body("Q\n  @contact A :: 1"), "3:3 W M17");
    begins(in_body("Q\n@contcat A :: 1"), "3:1 E M17 @contcat is not a directive (did you mean @contact?");
}

static void m18_a_file_has_one_kind_of_apostrophe(void **state)
{
    (void)state;
    assert_string_equal(found("message \"a\" { fr = [[\nL'été, l'hiver\n]] }\nmessage \"b\" { fr = [[\nÀ l’heure\n]] }"),
                        "5:4 W M18 this apostrophe is ’, most of the file has ' (write ' everywhere in this file)");
    assert_string_equal(found("labels \"a\" { fr = [[\nx = L’été, l’hiver\n]] }\nmessage \"b\" { fr = [[\nOui\nd'{nom}\n]] }"),
                        "6:2 W M18 this apostrophe is ', most of the file has ’ (write ’ everywhere in this file)");
    assert_string_equal(in_body("l’un, 'entre guillemets', 5' et '"), "");
    assert_string_equal(in_body("l'un et l'autre"), "");
}

static void m19_small_screens_are_kept_in_mind(void **state)
{
    char line[256] = { 0 };

    (void)state;
    memset(line, 'x', 201);
    begins(in_body(line), "2:201 I M19 a line of more than 200 characters");
    line[200] = '\0';
    assert_string_equal(in_body(line), "");
    begins(in_body("1\n2\n\n3\n4\n5\n6\n7\n8\n9\n10\n[a] A"), "11:1 I M19 more than eight lines in one message");
    assert_string_equal(in_body("1\n2\n3\n4\n5\n6\n7\n8\n@if a: 9\n[a] A"), "");
    assert_string_equal(in_body("📦 🛒\n✅ une 🎉🎉 ou 🎉 de trop"), "3:13 I M19 more than three emoji in one message (one for each idea is enough)");
    assert_string_equal(in_body("📦 → 🛒\n• ✅…\n🎉\n🎉\n🎉 fin"), "");
}

static void m20_parts_that_do_not_go_together(void **state)
{
    (void)state;
    begins(in_body("@header H\nQ"), "2:9 E M20 @header needs buttons, a @menu or a @link");
    begins(in_body("Q\n@footer F"), "3:9 E M20 @footer needs buttons, a @menu or a @link");
    begins(in_body("Q\n@menu A\n@menu B\n[a] A"), "4:1 E M20 a second @menu");
    begins(in_body("Q\n[a] A :: b"), "3:10 E M20 [a] only rows of a @menu have descriptions");
    begins(in_body("Q\n[row] {a|short 9}"), "3:1 E M20 [row] rows from data need a @menu");
    begins(in_body("Q\n@menu V\n[row] {a|short 9}\n[row] {b|short 9}"), "5:1 E M20 [row] stands twice: a list has one model row");
    begins(in_body("Q\n@ask-location\n[a] A"), "4:5 E M20 behind a location request the buttons are a second message");
    begins(found("message \"m\" { image = \"{a}\", fr = [[\n@header H\nQ\n[a] A\n]] }"), "2:9 E M20 a header and an image take the same place");
    begins(found("message \"m\" { image = \"{a}\", fr = [[\nQ\n]], video = \"{b}\" }"), "3:3 E M20 a message has one image, video, document, audio file or sticker");
    begins(found("message \"m\" { fr = \"Q\", audio_fallback = \"{b}\" }"), "1:3 E M20 audio_fallback without audio");
    begins(found("message \"m\" { fr = \"Q\", document_name = \"b\" }"), "1:3 E M20 document_name without document (document = \"https://…\")");
    begins(in_body("Q\n@link Voir :: https://e.org\n[a] A"), "3:7 E M20 @link cannot stand beside buttons, a @menu or @ask-location");
    begins(in_body("Q\n@link Voir :: https://e.org\n@link Lire :: https://e.org"), "4:1 E M20 a second @link");
    begins(in_body("Q\n@contact A :: 1\n@contact B :: 2\n@contact C :: 3\n@contact D :: 4\n@contact E :: 5\n@contact F :: 6"), "8:1 E M20 a sixth @contact");
    assert_string_equal(in_body("@header H\nQ\n@link Voir :: https://e.org\n@footer F"), "");
}

static void m14_a_link_shows_where_it_leads(void **state)
{
    (void)state;
    begins(in_body("Q\n@link Voir :: http://e.org"), "3:15 E M14 a link begins with https:// and its host; values can only stand behind that (@link Suivre");
    begins(in_body("Q\n@link Voir :: {url}"), "3:15 E M14");
    begins(in_body("Q\n@link Voir :: https://{host}/a"), "3:15 E M14");
    begins(in_body("Q\n@link Voir :: https://e.{pays}/a"), "3:15 E M14");
    begins(in_body("Q\n@link Voir :: https://e.org{chemin}"), "3:15 E M14");
    assert_string_equal(in_body("Q\n@link Voir :: https://e.org?q={q}"), "");
    assert_string_equal(in_body("Q\n@link Voir :: https://e.org/{a}/{b}"), "");
}

static void m21_lines_that_cannot_be_read(void **state)
{
    (void)state;
    begins(in_body("ab {x"), "2:4 E M21 a value is not closed (close it with }, or write \\{ for a brace)");
    begins(in_body("ab {é}"), "2:4 E M21 cannot read {é} (a value is {name}");
    begins(in_body("{}"), "2:1 E M21 cannot read {}");
    begins(in_body("{a..b}"), "2:1 E M21 cannot read {a..b}");
    begins(in_body("{1a}"), "2:1 E M21");
    begins(in_body("{a.}"), "2:1 E M21");
    begins(in_body("Q\n@if : x"), "3:5 E M21 cannot read this line (@if prenom: Bonjour {prenom}");
    begins(in_body("Q\n@if a b"), "3:7 E M21");
    begins(in_body("Q\n@if a:"), "3:7 E M21");
    begins(in_body("Q\n@each a max 0: b"), "3:13 E M21 cannot read this line (@each articles: {nom}");
    begins(in_body("Q\n@each a max 9999: b"), "3:16 E M21");
    begins(in_body("Q\n@menu\n[a] A"), "3:1 E M21 @menu without text");
    begins(in_body("Q\n@rest: {rest}"), "3:6 E M21 cannot read this line (@rest: … et {rest} autres, behind an @each line)");
    begins(in_body("@each a: {.}\n@rest"), "3:6 E M21");
    begins(in_body("Q\n@contact {livreur}"), "3:10 E M21 cannot read this line (@contact {livreur} :: {telephone|phone})");
    begins(in_body("Q\n@contact {livreur} :: "), "3:10 E M21");
    begins(in_body("Q\n@link :: https://e.org"), "3:7 E M21 cannot read this line (@link Suivre ma course :: https://example.org/suivi/{reference})");
    begins(in_body("Q\n@ask-location ici"), "3:15 E M21 @ask-location stands alone");
    begins(found("labels \"s\" { fr = [[\na = A\nb\n = C\nd =\n]] }"), "3:1 E M21 a label without = (one label a line: en_route = Colis en route)\n4:1 E M21 a label without a key (one label a line: en_route = Colis en route)\n5:1 E M21 a label without text");
    begins(found("labels \"s\" { fr = \"\" }"), "1:19 E M21 no label in it");
}

static void m22_keys_and_their_values(void **state)
{
    (void)state;
    begins(found("message \"m\" { fr = \"x\",\n imge = \"x\" }"), "2:3 E M22 unknown key `imge` in message (did you mean `image`?)");
    begins(found("message \"m\" { fr = \"x\", category = \"utility\" }"), "1:3 E M22 unknown key `category` in message");
    begins(found("message \"m\" { fr = \"x\", \"y\" }"), "1:3 E M22 a value without a key");
    begins(found("message \"m\" { fr = \"x\", en = 12 }"), "1:30 E M22 en must be a text");
    begins(found("message \"m\" \"x\""), "1:1 E M22 message \"m\" has no text");
    begins(found("message \"Course Départ\" { fr = \"x\" }"), "1:1 E M22 message \"Course Départ\": not a name");
    begins(found("message \"m\" { fr = \"x\", image = \"{a}\", image_mode = \"after\" }"), "1:53 E M22 image_mode is \"header\" or \"before\"");
    begins(found("message \"m\" { fr = \"x\", fallback = \"fr\" }"), "1:3 E M22 fallback must be a table");
    begins(found("message \"m\" { fr = \"x\", fallback = { ln = \"ff\" } }"), "1:3 E M22 cannot read this fallback");
    begins(found("template \"m\" { fr = \"x\" }"), "1:1 E M22 category must be \"utility\" or \"marketing\"");
    begins(found("template \"m\" { fr = \"x\", category = \"utility\", params = \"x\" }"), "1:3 E M22 params must be a list of texts");
    begins(found("template \"m\" { fr = \"x\", category = \"utility\", params = { 1 } }"), "1:1 E M22 params must be a list of texts");
}

static void m23_names_stand_once(void **state)
{
    (void)state;
    assert_string_equal(found("message \"m\" { fr = \"x\" }\nmessage \"n\" { fr = \"x\" }\nmessage \"m\" { fr = \"y\" }"), "3:1 E M23 \"m\" stands in templates/t.lua:1 already (give it another name)");
    assert_string_equal(found("labels \"s\" { fr = \"a = A\" }\nlabels \"s\" { fr = \"a = A\" }"), "2:1 E M23 labels \"s\" stand in templates/t.lua:1 already");
    assert_string_equal(found("labels \"s\" { fr = [[\na, b = A\nc, B = C\n]] }"), "3:1 E M23 \"B\" stands in line 2 already");
}

/* ---- templates ---- */

/* One utility template with the params a and b, its French body on line 2. */
static const char *in_template(const char *body)
{
    static char lua[8192];

    snprintf(lua, sizeof lua, "template \"m\" { fr = [==[\n%s\n]==],\n category = \"utility\", params = { \"a\", \"b\" }, example = { \"x\", \"y\" } }\n", body);
    return found(lua);
}

#define GOOD "Bonjour, votre course {a} est acceptée et le livreur {b} arrive."

static void a_template_that_meta_accepts_has_no_problem(void **state)
{
    (void)state;
    assert_string_equal(in_template(GOOD), "");
    assert_string_equal(in_template("@header Votre course\n" GOOD "\n@footer TokTok\n[suivre] Suivre ma course ici.."), "");
}

static void t01_names_are_meta_names(void **state)
{
    (void)state;
    begins(found("template \"Mission\" { fr = \"x\", category = \"utility\" }"), "1:1 E T01 template \"Mission\": not a name");
    begins(found("template \"m.n\" { fr = \"x\", category = \"utility\" }"), "1:1 E T01 a template's name is made of a-z, 0-9 and _");
}

static void t02_values_do_not_stand_at_the_ends(void **state)
{
    (void)state;
    begins(in_template("{a} est la référence de votre course, et le livreur {b} arrive."), "2:1 E T02 a template cannot begin with a value (begin with a word");
    begins(in_template("Bonjour, votre course {a} est acceptée, par notre livreur\n{b}"), "3:1 E T02 a template cannot end with a value");
    begins(in_template("Bonjour, votre course {a} est acceptée, par notre livreur {b}."), "2:59 W T02 only punctuation follows the last value");
}

static void t03_values_need_words_around_them(void **state)
{
    (void)state;
    begins(in_template("Course {a} de {b} ici"), "2:1 E T03 3 words are too few for 2 values: Meta wants 5");
    assert_string_equal(in_template("Votre course {a} de {b} est ici"), "");
}

static void t04_and_t10_house_rules(void **state)
{
    (void)state;
    begins(found("template \"m\" { fr = [[\nBonjour voici {a} puis encore {b} puis encore {c} puis encore {d} puis encore {e} puis encore {f} et voilà tout ce que nous savons.\n]],\n category = \"utility\", params = { \"a\", \"b\", \"c\", \"d\", \"e\", \"f\" },\n example = { \"1\", \"2\", \"3\", \"4\", \"5\", \"6\" } }"),
           "2:1 W M12 with long values the text may reach 1313 characters, WhatsApp accepts 1024 (cut long values with |short; what is over is cut)\n4:1 W T04 more than five values");
    begins(in_template(GOOD "\n[a] A\n[b] B\n[c] C\n[d] D"), "6:1 W T10 more than three buttons");
    begins(in_template(GOOD "\n[a] 12345678901234567890123456"), "3:5 E M10 the title of this button has 26 characters, WhatsApp accepts 25");
    begins(in_template(GOOD "\n[a] Voir {a}"), "3:5 E M13 [a] a template's button cannot hold a value");
}

static void t05_params_and_examples_belong_together(void **state)
{
    (void)state;
    begins(in_template("Bonjour, votre course {a} est acceptée, le livreur {c} et {b} arrivent bientôt."), "2:52 E T05 {c} is not among the params (add it to params and example)");
    begins(in_template("Bonjour, votre course {a} est acceptée."), "4:1 E T05 the param \"b\" is not in the text");
    begins(in_template("Bonjour {a|upper}, votre course {a} est acceptée, et le livreur {b} arrive bientôt ici."), "2:33 E T05 {a} stands twice with different formats");
    begins(found("template \"m\" { fr = [[\nBonjour, la course {a} est acceptée.\n]], category = \"utility\", params = { \"a\" } }"), "3:1 E T05 the param \"a\" has no example");
    begins(found("template \"m\" { fr = \"Bonjour à vous.\", category = \"utility\", example = { \"a\" } }"), "1:1 W T05 an example without a param");
    begins(found("template \"m\" { fr = [[\nBonjour, la course {a} est acceptée.\n]], category = \"utility\", params = { \"a\" }, example = { \"\" } }"), "3:1 E T05 an example that is empty");
}

static void t06_marketing_is_short(void **state)
{
    char lua[2000] = "template \"m\" { category = \"marketing\", fr = [[\n";

    (void)state;
    for (int i = 0; i < 60; i++)
        strcat(lua, "promotion ");
    strcat(lua, "\n]] }");
    begins(found(lua), "2:1 W T06 a marketing text of more than 550 characters");
}

static void t07_meta_has_no_lingala(void **state)
{
    (void)state;
    begins(found("template \"m\" { category = \"utility\", fr = \"Bonjour à vous.\",\n ln = [[\nMbote na yo.\n]] }"), "3:1 E T07 Meta has no templates in Lingala (ln)");
    assert_string_equal(found("template \"m\" { category = \"utility\", fr = \"Bonjour à vous.\",\n ln = [[\nMbote na yo.\n]], fallback = { ln = \"fr\" } }"), "");
}

static void t08_what_meta_rejects_in_a_text(void **state)
{
    (void)state;
    begins(in_template("Bonjour, votre course {a}{b} est acceptée, et le livreur arrive."), "2:26 E T08 two values with nothing between");
    begins(in_template("Bonjour, votre course {a} {b} est acceptée, et le livreur arrive."), "2:27 W T08 two values with only a space between");
    begins(in_template("Bonjour\tà vous, " GOOD), "2:1 E T08 a tab in a template");
    begins(in_template("Bonjour,\n\n\n\n" GOOD), "5:1 E T08 more than three line ends in a row");
    assert_string_equal(in_template("Bonjour,\n\n\n" GOOD), "");
    begins(found("labels \"s\" { fr = \"a = A\" }\ntemplate \"m\" { category = \"utility\", params = { \"a\" }, example = { \"x\" }, fr = [[\nVotre course en est {a|timeline s} et le reste suit.\n]] }"), "3:21 E T08 a timeline has several lines");
}

static void t11_a_utility_template_does_not_advertise(void **state)
{
    (void)state;
    begins(in_template("Profitez de -20 % : " GOOD), "2:1 W T11 \"Profitez\" is advertising: Meta may make a marketing template of this one (say what happened");
    begins(in_template("Une OFFRE SPÉCIALE, " GOOD), "2:5 W T11 \"OFFRE SPÉCIALE\" is advertising");
    begins(in_template("Bonjour,\nvoici l'offre… exclusive : " GOOD), "3:9 W T11 \"offre… exclusive\"");
    assert_string_equal(in_template("La promotrice offre un service spécial ; " GOOD), "");
    assert_string_equal(found("message \"m\" { fr = \"Promo : profitez !\" }"), "");
    assert_string_equal(found("template \"m\" { category = \"marketing\", fr = \"Promo : profitez de nos soldes !\" }"), "");
    assert_string_equal(found("template \"m\" { category = \"utility\", fr = \"Bonjour à vous.\", en = [[\nHello, don't miss it.\n]] }"),
                        "2:8 W T11 \"don't miss\" is advertising: Meta may make a marketing template of this one (say what happened to the customer's order, or write category = \"marketing\")");
}

static void templates_have_no_lines_that_change(void **state)
{
    (void)state;
    begins(in_template(GOOD "\n@if a: oui"), "3:1 E M20 @if and @each have no place in a template");
    begins(in_template(GOOD "\n@ask-location"), "2:1 E M20 @ask-location has no place in a template");
    begins(in_template(GOOD "\n@menu V\n[x] X"), "3:1 E M20 @menu has no place in a template");
    begins(in_template(GOOD "\n@link Voir :: https://e.org"), "3:1 E M20 @link has no place in a template");
    begins(in_template(GOOD "\n@contact A :: 1"), "3:1 E M20 @contact has no place in a template");
    begins(in_template("@header {a}\n" GOOD), "2:9 E M20 a template's header cannot hold a value");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(m05_a_language_is_missing),
        cmocka_unit_test(m06_languages_differ),
        cmocka_unit_test(m07_a_format_is_not_understood),
        cmocka_unit_test(m08_a_plural_needs_other),
        cmocka_unit_test(m09_too_many_choices),
        cmocka_unit_test(m10_titles_are_too_long),
        cmocka_unit_test(m11_choices_are_empty_or_twice),
        cmocka_unit_test(m12_texts_are_empty_or_too_long),
        cmocka_unit_test(m13_values_in_titles_are_cut),
        cmocka_unit_test(m05_who_stands_in_has_a_text),
        cmocka_unit_test(m22_a_language_that_lisolo_does_not_speak),
        cmocka_unit_test(m14_links_are_https),
        cmocka_unit_test(m14_hosts_that_links_does_not_name_are_shown),
        cmocka_unit_test(links_names_hosts_and_is_written_once),
        cmocka_unit_test(m15_files_of_ones_own_are_not_sent),
        cmocka_unit_test(m16_marks_come_in_pairs),
        cmocka_unit_test(m17_slips_that_look_like_text),
        cmocka_unit_test(m14_a_link_shows_where_it_leads),
        cmocka_unit_test(m18_a_file_has_one_kind_of_apostrophe),
        cmocka_unit_test(m19_small_screens_are_kept_in_mind),
        cmocka_unit_test(m20_parts_that_do_not_go_together),
        cmocka_unit_test(m21_lines_that_cannot_be_read),
        cmocka_unit_test(m22_keys_and_their_values),
        cmocka_unit_test(m23_names_stand_once),
        cmocka_unit_test(a_template_that_meta_accepts_has_no_problem),
        cmocka_unit_test(t01_names_are_meta_names),
        cmocka_unit_test(t02_values_do_not_stand_at_the_ends),
        cmocka_unit_test(t03_values_need_words_around_them),
        cmocka_unit_test(t04_and_t10_house_rules),
        cmocka_unit_test(t05_params_and_examples_belong_together),
        cmocka_unit_test(t06_marketing_is_short),
        cmocka_unit_test(t07_meta_has_no_lingala),
        cmocka_unit_test(t08_what_meta_rejects_in_a_text),
        cmocka_unit_test(t11_a_utility_template_does_not_advertise),
        cmocka_unit_test(templates_have_no_lines_that_change),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
