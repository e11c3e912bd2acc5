/*
 * The signature over the raw body (whatsapp.md §1.3), with the known answers of §13.1.
 */
#include "help.h"

#include <stdlib.h>
#include <string.h>

#include "lisolo/base/json.h"

static const char SECRET[] = "app-secret-example";
static const char BODY_A[] = "{\"a\":\"\\u00e9\"}";
static const char SIGNATURE_A[] = "sha256=f06a34740cf278039c4de50b1aaac65cc70f807121c5a2dd7dc107529c2fc6aa";
static const char BODY_B[] =
    "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"100200300400500\",\"changes\":[{\"field\":\"messages\",\"value\":{"
    "\"messaging_product\":\"whatsapp\",\"metadata\":{\"display_phone_number\":\"15550100001\",\"phone_number_id\":\"555000111222333\"},"
    "\"contacts\":[{\"profile\":{\"name\":\"Zo\\u00e9\"},\"wa_id\":\"33600000001\"}],\"messages\":[{\"from\":\"33600000001\",\"id\":\"wamid.T001\","
    "\"timestamp\":\"1793000000\",\"type\":\"text\",\"text\":{\"body\":\"\\u00e7a va \\ud83d\\ude00 a\\/b\"}}]}}]}]}";
static const char SIGNATURE_B[] = "sha256=4be36aac967a26aca7ee9c62b03895ed6b304cd1193435a97dd7836bc5710164";

static bool signed_by(const char *body, const char *header, const char *first, const char *second)
{
    const char *secrets[] = { first, second };

    return channel_signature_ok(body, strlen(body), header, secrets, 2);
}

static void the_known_answers_verify(void **state)
{
    (void)state;
    assert_int_equal(sizeof BODY_A - 1, 14);
    assert_int_equal(sizeof BODY_B - 1, 440);
    assert_true(signed_by(BODY_A, SIGNATURE_A, SECRET, NULL));
    assert_true(signed_by(BODY_B, SIGNATURE_B, SECRET, NULL));
    assert_false(signed_by(BODY_A, SIGNATURE_B, SECRET, NULL));
}

static void the_signed_body_says_what_the_sheet_says(void **state)
{
    struct channel_options options = { .now_ms = NOW_MS };
    struct channel_inbound in;
    struct error err;

    (void)state;
    assert_true(channel_read_webhook(BODY_B, sizeof BODY_B - 1, &options, &in, &err));
    assert_int_equal(in.count, 1);
    assert_string_equal(in.items[0].name, "Zoé");
    assert_non_null(strstr(event_of(&in, 0), "\"text\":\"ça va 😀 a/b\""));
    channel_inbound_free(&in);
}

static void a_body_that_was_printed_again_fails(void **state)
{
    struct error err;
    cJSON *tree = json_parse(BODY_B, sizeof BODY_B - 1, &err);
    char *again = json_print(tree, &(size_t){ 0 });

    (void)state;
    assert_non_null(again);
    assert_false(signed_by(again, SIGNATURE_B, SECRET, NULL));
    free(again);
    cJSON_Delete(tree);
}

static void the_old_and_the_new_secret_both_verify(void **state)
{
    (void)state;
    assert_true(signed_by(BODY_A, SIGNATURE_A, "a-newer-one", SECRET));
    assert_true(signed_by(BODY_A, SIGNATURE_A, SECRET, "an-older-one"));
    assert_true(signed_by(BODY_A, SIGNATURE_A, NULL, SECRET));
    assert_true(signed_by(BODY_A, SIGNATURE_A, "", SECRET));
    assert_false(signed_by(BODY_A, SIGNATURE_A, "a-newer-one", "an-older-one"));
    assert_false(channel_signature_ok(BODY_A, sizeof BODY_A - 1, SIGNATURE_A, NULL, 0));
}

static void an_empty_secret_verifies_nothing(void **state)
{
    /* HMAC-SHA256 with an empty key over nothing: what an attacker would send if it did */
    static const char header[] = "sha256=b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad";

    (void)state;
    assert_false(signed_by("", header, "", NULL));
}

static void every_bit_of_the_header_counts(void **state)
{
    char header[sizeof SIGNATURE_A];

    (void)state;
    for (size_t i = 0; i < sizeof SIGNATURE_A - 1; i++) {
        memcpy(header, SIGNATURE_A, sizeof header);
        header[i] = header[i] == '0' ? '1' : '0';
        assert_false(signed_by(BODY_A, header, SECRET, NULL));
    }
}

static void a_malformed_header_is_refused(void **state)
{
    static const char *const bad[] = {
        NULL, "", "sha256=", "sha256", "f06a34740cf278039c4de50b1aaac65cc70f807121c5a2dd7dc107529c2fc6aa",
        "sha1=f06a34740cf278039c4de50b1aaac65cc70f807121c5a2dd7dc107529c2fc6aa",
        "SHA256=f06a34740cf278039c4de50b1aaac65cc70f807121c5a2dd7dc107529c2fc6aa",
        "sha256=F06A34740CF278039C4DE50B1AAAC65CC70F807121C5A2DD7DC107529C2FC6AA",
        "sha256=f06a34740cf278039c4de50b1aaac65cc70f807121c5a2dd7dc107529c2fc6a",
        "sha256=f06a34740cf278039c4de50b1aaac65cc70f807121c5a2dd7dc107529c2fc6aa0",
        "sha256=f06a34740cf278039c4de50b1aaac65cc70f807121c5a2dd7dc107529c2fc6aa ",
        " sha256=f06a34740cf278039c4de50b1aaac65cc70f807121c5a2dd7dc107529c2fc6aa",
        "sha256= f06a34740cf278039c4de50b1aaac65cc70f807121c5a2dd7dc107529c2fc6aa",
        "sha256=g06a34740cf278039c4de50b1aaac65cc70f807121c5a2dd7dc107529c2fc6aa",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (signed_by(BODY_A, bad[i], SECRET, SECRET))
            fail_msg("accepted: %s", bad[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_known_answers_verify),
        cmocka_unit_test(the_signed_body_says_what_the_sheet_says),
        cmocka_unit_test(a_body_that_was_printed_again_fails),
        cmocka_unit_test(the_old_and_the_new_secret_both_verify),
        cmocka_unit_test(an_empty_secret_verifies_nothing),
        cmocka_unit_test(every_bit_of_the_header_counts),
        cmocka_unit_test(a_malformed_header_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
