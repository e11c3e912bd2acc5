/*
 * What wording_build() can find, by code: for `lisolo explain`, the reference and tests (authoring.md §2.4, where the numbers
 * come from; M20 to M23 are this module's own).
 */
#include "private.h"

static const struct wording_code CODES[] = {
    { "M02", "No flow, command or event names this message, and the host does not need it: nobody will ever read it. Templates "
             "may be sent by hand and are not looked at." },
    { "M04", "A question saves its answer under a name that no message, table or function reads." },
    { "M05", "A message has no text in a language that others have. French is required; for another language write it, or say "
             "which one stands in: fallback = { ln = \"fr\" }. Or the one that stands in has no text either." },
    { "M06", "The languages of a message differ in their values or buttons: most often a slip of translation." },
    { "M07", "A format behind | is not known, or what it is told cannot be read. Formats: fcfa, number, date, time, phone, "
             "short 24, plural one:\"…\" other:\"…\", label set, timeline set hours, upper, link, or \"…\"." },
    { "M08", "A plural has no other:, which every number may need." },
    { "M09", "Too many choices, or none: WhatsApp shows three buttons, and ten rows behind a @menu." },
    { "M10", "A title, description, header, footer or menu word is longer than WhatsApp accepts. An emoji counts as two." },
    { "M11", "A choice has no title, or two have the same title or id." },
    { "M12", "A text is empty or longer than WhatsApp accepts: 4096 characters, 1024 with an image, buttons, a list, a location "
             "request or in a template. A warning when only long values could make it so; they are then cut." },
    { "M13", "A title holds a value that may be too long for it; it is then cut. A template's button can hold none." },
    { "M14", "A link begins with http://. Media must be https:// links; so must a @link, whose host is written out: values can "
             "only stand behind it. Or it leads to a host that `links` does not name." },
    { "M15", "A picture or another file is no https:// link. This version sends no files of its own: Meta fetches what stands "
             "behind a link." },
    { "M16", "A * _ or ~ stands alone on its line, or ** is used where WhatsApp's bold is *one* asterisk." },
    { "M17", "Text that looks like a button or a directive and is not one. A \\ at the start of a line makes it text." },
    { "M18", "A file has both ' and ’: write one of them everywhere. The place is the first of the rarer ones." },
    { "M19", "Hard to read on a small screen: a line of more than 200 characters, a message of more than eight lines or with more "
             "than three emoji (those that begin a line are its bullets)." },
    { "M20", "Parts that do not go together: a header without buttons, rows from data without @menu, lines that change in a "
             "template…" },
    { "M21", "A line cannot be read: a value that is not closed, an @if without its text, a label without =." },
    { "M22", "A key that does not exist, or a value of the wrong kind." },
    { "M23", "Two statements, or two labels of a set, have the same name." },
    { "M24", "A translation that came back does not fit: its French has changed since it was exported, or its message is gone. The "
             "others were put in." },
    { "T01", "A template's name is made of a-z, 0-9 and _: it is its name at Meta." },
    { "T02", "A template begins or ends with a value: Meta rejects it." },
    { "T03", "A template has too few words for its values: Meta rejects it." },
    { "T04", "A template has more than five values." },
    { "T05", "Params, text and examples of a template do not belong together: each param stands in the text of every language "
             "and has an example." },
    { "T06", "A marketing template is longer than 550 characters, or has more than ten emoji: Meta may reject it." },
    { "T07", "Meta has no templates in this language: say which one stands in." },
    { "T08", "A template holds what Meta rejects: values side by side, more than three line ends in a row, tabs, a value of "
             "several lines." },
    { "T10", "A template has more than three buttons: WhatsApp hides the others behind a menu." },
    { "T11", "A utility template advertises. Meta makes a marketing template of such a text, which costs more and may be capped; "
             "an account that does so again and again is restricted." },
};

const struct wording_code *wording_codes(size_t *count)
{
    *count = sizeof CODES / sizeof *CODES;
    return CODES;
}
