/*
 * Every type of message (whatsapp.md §2.2) is one neutral event, exactly.
 */
#include "help.h"

static void text_is_text(void **state)
{
    (void)state;
    becomes("\"type\":\"text\",\"text\":{\"body\":\"Mbote, je veux une course\"}", "\"text\",\"text\":\"Mbote, je veux une course\"");
    becomes("\"type\":\"text\",\"text\":{\"body\":\"\\u00e7a va \\ud83d\\ude00 a\\/b\"}", "\"text\",\"text\":\"ça va 😀 a/b\"");
    becomes("\"type\":\"text\",\"text\":{\"body\":\"\"}", "\"text\",\"text\":\"\"");
    becomes("\"type\":\"text\",\"context\":{\"from\":\"242066000000\",\"id\":\"wamid.O1\"},\"text\":{\"body\":\"celle-ci\"}",
            "\"text\",\"text\":\"celle-ci\",\"reply_to\":\"wamid.O1\"");
}

static void media_carry_their_handle_and_caption(void **state)
{
    (void)state;
    becomes("\"type\":\"image\",\"image\":{\"id\":\"800001\",\"mime_type\":\"image/jpeg\",\"sha256\":\"Y29saXM=\",\"caption\":\"le colis\","
            "\"url\":\"https://lookaside.example.org/?mid=800001\"}",
            "\"media\",\"text\":\"le colis\",\"media\":\"image\",\"media_id\":\"800001\",\"mime\":\"image/jpeg\",\"sha256\":\"Y29saXM=\"");
    becomes("\"type\":\"audio\",\"audio\":{\"id\":\"800002\",\"mime_type\":\"audio/ogg; codecs=opus\",\"sha256\":\"dm9peA==\",\"voice\":true}",
            "\"media\",\"media\":\"audio\",\"media_id\":\"800002\",\"mime\":\"audio/ogg; codecs=opus\",\"sha256\":\"dm9peA==\",\"voice\":true");
    becomes("\"type\":\"audio\",\"audio\":{\"id\":\"800003\",\"mime_type\":\"audio/mpeg\",\"voice\":false}",
            "\"media\",\"media\":\"audio\",\"media_id\":\"800003\",\"mime\":\"audio/mpeg\"");
    becomes("\"type\":\"document\",\"document\":{\"id\":\"800004\",\"mime_type\":\"application/pdf\",\"filename\":\"reçu.pdf\",\"caption\":\"v2\"}",
            "\"media\",\"text\":\"v2\",\"media\":\"document\",\"media_id\":\"800004\",\"mime\":\"application/pdf\",\"file_name\":\"reçu.pdf\"");
    becomes("\"type\":\"sticker\",\"sticker\":{\"id\":\"800005\",\"mime_type\":\"image/webp\",\"animated\":false}",
            "\"media\",\"media\":\"sticker\",\"media_id\":\"800005\",\"mime\":\"image/webp\"");
    becomes("\"type\":\"video\",\"video\":{\"id\":\"800006\",\"mime_type\":\"video/mp4\",\"caption\":\"\"}",
            "\"media\",\"media\":\"video\",\"media_id\":\"800006\",\"mime\":\"video/mp4\"");
}

static void a_medium_that_cannot_be_fetched_is_unsupported_and_says_why(void **state)
{
    (void)state;
    becomes("\"type\":\"video\",\"errors\":[{\"code\":131052,\"title\":\"Media download error\",\"error_data\":{\"details\":\"larger than 100 MB\"}}]",
            "\"unsupported\",\"name\":\"video\",\"data\":{\"code\":131052,\"reason\":\"larger than 100 MB\"}");
    becomes("\"type\":\"image\",\"image\":{\"mime_type\":\"image/jpeg\"}", "\"unsupported\",\"name\":\"image\"");
}

static void a_location_is_a_point_and_perhaps_a_place(void **state)
{
    (void)state;
    becomes("\"type\":\"location\",\"location\":{\"latitude\":-4.2634,\"longitude\":15.2429}", "\"location\",\"point\":[-4.2634,15.2429]");
    becomes("\"type\":\"location\",\"location\":{\"latitude\":-4,\"longitude\":15,\"name\":\"Marché Total\",\"address\":\"Bacongo\",\"url\":\"https://example.org\"}",
            "\"location\",\"point\":[-4,15],\"place\":\"Marché Total\",\"address\":\"Bacongo\"");
    becomes("\"type\":\"location\",\"location\":{\"latitude\":91,\"longitude\":15}", "\"unsupported\",\"name\":\"location\"");
    becomes("\"type\":\"location\",\"location\":{\"latitude\":1}", "\"unsupported\",\"name\":\"location\"");
    becomes("\"type\":\"location\"", "\"unsupported\",\"name\":\"location\"");
}

static void contacts_are_names_and_numbers(void **state)
{
    (void)state;
    becomes("\"type\":\"contacts\",\"contacts\":[{\"name\":{\"formatted_name\":\"Junior Okemba\",\"first_name\":\"Junior\"},"
            "\"phones\":[{\"phone\":\"+242 06 600 00 02\",\"wa_id\":\"242066000002\",\"type\":\"CELL\"},{\"phone\":\"05 500 00 03\"}],"
            "\"vcard\":\"BEGIN:VCARD\"},{\"name\":{\"formatted_name\":\"Sans numéro\"}}]",
            "\"contacts\",\"data\":[{\"name\":\"Junior Okemba\",\"phones\":[\"+242066000002\",\"05 500 00 03\"]},"
            "{\"name\":\"Sans numéro\",\"phones\":[]}]");
    becomes("\"type\":\"contacts\",\"contacts\":[]", "\"contacts\",\"data\":[]");
    becomes("\"type\":\"contacts\"", "\"unsupported\",\"name\":\"contacts\"");
}

static void a_tap_is_a_choice_wherever_the_button_was(void **state)
{
    (void)state;
    becomes("\"type\":\"interactive\",\"context\":{\"from\":\"242066000000\",\"id\":\"wamid.O2\"},"
            "\"interactive\":{\"type\":\"button_reply\",\"button_reply\":{\"id\":\"oui~12~ab\",\"title\":\"Oui\"}}",
            "\"choice\",\"text\":\"Oui\",\"choice\":\"oui~12~ab\",\"reply_to\":\"wamid.O2\"");
    becomes("\"type\":\"interactive\",\"interactive\":{\"type\":\"list_reply\",\"list_reply\":{\"id\":\"c3~4~cd\",\"title\":\"10 h\",\"description\":\"mardi\"}}",
            "\"choice\",\"text\":\"10 h\",\"choice\":\"c3~4~cd\"");
    becomes("\"type\":\"button\",\"context\":{\"from\":\"242066000000\",\"id\":\"wamid.T9\"},\"button\":{\"payload\":\"suivre~9~ef\",\"text\":\"Suivre\"}",
            "\"choice\",\"text\":\"Suivre\",\"choice\":\"suivre~9~ef\",\"reply_to\":\"wamid.T9\"");
    becomes("\"type\":\"button\",\"button\":{\"text\":\"Suivre\"}", "\"choice\",\"text\":\"Suivre\",\"choice\":\"Suivre\"");
    becomes("\"type\":\"button\"", "\"unsupported\",\"name\":\"button\"");
}

static void a_form_is_parsed_a_second_time(void **state)
{
    (void)state;
    becomes("\"type\":\"interactive\",\"interactive\":{\"type\":\"nfm_reply\",\"nfm_reply\":{\"name\":\"flow\",\"body\":\"Envoyé\","
            "\"response_json\":\"{\\\"flow_token\\\":\\\"tok-77\\\",\\\"quartier\\\":\\\"Moungali\\\",\\\"n\\\":2}\"}}",
            "\"form\",\"text\":\"Envoyé\",\"name\":\"flow\",\"data\":{\"flow_token\":\"tok-77\",\"quartier\":\"Moungali\",\"n\":2}");
    becomes("\"type\":\"interactive\",\"interactive\":{\"type\":\"nfm_reply\",\"nfm_reply\":{\"response_json\":\"{}\"}}",
            "\"form\",\"name\":\"flow\",\"data\":{}");
    becomes("\"type\":\"interactive\",\"interactive\":{\"type\":\"nfm_reply\",\"nfm_reply\":{\"name\":\"flow\",\"response_json\":\"{oops\"}}",
            "\"unsupported\",\"name\":\"nfm_reply\"");
    becomes("\"type\":\"interactive\",\"interactive\":{\"type\":\"nfm_reply\",\"nfm_reply\":{\"name\":\"flow\",\"response_json\":\"[1]\"}}",
            "\"unsupported\",\"name\":\"nfm_reply\"");
}

static void interactive_without_its_object_is_unsupported(void **state)
{
    (void)state;
    becomes("\"type\":\"interactive\"", "\"unsupported\",\"name\":\"interactive\"");
    becomes("\"type\":\"interactive\",\"interactive\":null", "\"unsupported\",\"name\":\"interactive\"");
    becomes("\"type\":\"interactive\",\"interactive\":{\"type\":\"button_reply\"}", "\"unsupported\",\"name\":\"button_reply\"");
    becomes("\"type\":\"interactive\",\"interactive\":{\"type\":\"call_permission_reply\",\"call_permission_reply\":{\"response\":\"accept\"}}",
            "\"unsupported\",\"name\":\"call_permission_reply\"");
}

static void an_order_keeps_its_items_as_claims(void **state)
{
    (void)state;
    becomes("\"type\":\"order\",\"order\":{\"catalog_id\":\"900\",\"text\":\"vite svp\",\"product_items\":["
            "{\"product_retailer_id\":\"SKU1\",\"quantity\":2,\"item_price\":2500.5,\"currency\":\"XAF\"},{\"product_retailer_id\":\"SKU2\",\"quantity\":\"3\"}]}",
            "\"order\",\"text\":\"vite svp\",\"data\":{\"catalog\":\"900\",\"items\":[{\"product\":\"SKU1\",\"quantity\":2,\"price\":2500.5,\"currency\":\"XAF\"},"
            "{\"product\":\"SKU2\",\"quantity\":\"3\"}]}");
    becomes("\"type\":\"order\",\"order\":{}", "\"order\",\"data\":{\"items\":[]}");
    becomes("\"type\":\"order\",\"order\":7", "\"unsupported\",\"name\":\"order\"");
}

static void a_reaction_names_its_message_and_may_be_taken_away(void **state)
{
    (void)state;
    becomes("\"type\":\"reaction\",\"reaction\":{\"message_id\":\"wamid.O1\",\"emoji\":\"\\ud83d\\udc4d\"}",
            "\"reaction\",\"text\":\"👍\",\"reply_to\":\"wamid.O1\"");
    becomes("\"type\":\"reaction\",\"reaction\":{\"message_id\":\"wamid.O1\",\"emoji\":\"\"}", "\"reaction\",\"reply_to\":\"wamid.O1\"");
    becomes("\"type\":\"reaction\",\"reaction\":{\"message_id\":\"wamid.O1\"}", "\"reaction\",\"reply_to\":\"wamid.O1\"");
    becomes("\"type\":\"reaction\",\"reaction\":{\"emoji\":\"\\ud83d\\udc4d\"}", "\"unsupported\",\"name\":\"reaction\"");
}

static void edits_and_revocations_name_the_first_message(void **state)
{
    (void)state;
    becomes("\"type\":\"edit\",\"edit\":{\"original_message_id\":\"wamid.P0\",\"message\":{\"context\":{\"id\":\"wamid.O7\"},\"type\":\"text\",\"text\":{\"body\":\"Ouenzé\"}}}",
            "\"edit\",\"text\":\"Ouenzé\",\"reply_to\":\"wamid.P0\"");
    becomes("\"type\":\"edit\",\"edit\":{\"original_message_id\":\"wamid.P0\",\"message\":{\"type\":\"image\",\"image\":{\"id\":\"8\",\"caption\":\"le bon\"}}}",
            "\"edit\",\"text\":\"le bon\",\"reply_to\":\"wamid.P0\"");
    becomes("\"type\":\"edit\",\"edit\":{\"original_message_id\":\"wamid.P0\"}", "\"edit\",\"reply_to\":\"wamid.P0\"");
    becomes("\"type\":\"revoke\",\"revoke\":{\"original_message_id\":\"wamid.P0\"}", "\"revoke\",\"reply_to\":\"wamid.P0\"");
    becomes("\"type\":\"revoke\",\"revoke\":{}", "\"unsupported\",\"name\":\"revoke\"");
}

static void what_whatsapp_or_we_do_not_know_is_unsupported_under_its_name(void **state)
{
    (void)state;
    becomes("\"type\":\"unsupported\",\"errors\":[{\"code\":131051,\"title\":\"Message type unknown\"}],\"unsupported\":{\"type\":\"poll\"}",
            "\"unsupported\",\"name\":\"poll\",\"data\":{\"code\":131051,\"reason\":\"Message type unknown\"}");
    becomes("\"type\":\"unsupported\"", "\"unsupported\",\"name\":\"unsupported\"");
    becomes("\"type\":\"hologram\",\"hologram\":{\"depth\":3}", "\"unsupported\",\"name\":\"hologram\"");
    becomes("\"text\":{\"body\":\"sans type\"}", "\"unsupported\",\"name\":\"unknown\"");
    becomes("\"type\":\"\"", "\"unsupported\",\"name\":\"unknown\"");
    becomes("\"type\":7", "\"unsupported\",\"name\":\"unknown\"");
    becomes("\"type\":\"text\",\"text\":{\"body\":5}", "\"unsupported\",\"name\":\"text\"");
    becomes("\"type\":\"text\",\"text\":[\"x\"]", "\"unsupported\",\"name\":\"text\"");
}

static void a_name_of_any_length_is_cut_between_characters(void **state)
{
    (void)state;
    becomes("\"type\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaé\"",
            "\"unsupported\",\"name\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"");
    becomes("\"type\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaé\"",
            "\"unsupported\",\"name\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaé\"");
}

static void where_a_message_comes_from_is_kept(void **state)
{
    (void)state;
    becomes("\"type\":\"text\",\"context\":{\"forwarded\":true},\"text\":{\"body\":\"x\"}", "\"text\",\"text\":\"x\",\"data\":{\"forwarded\":true}");
    becomes("\"type\":\"text\",\"context\":{\"frequently_forwarded\":true},\"text\":{\"body\":\"x\"}", "\"text\",\"text\":\"x\",\"data\":{\"forwarded\":true}");
    becomes("\"type\":\"text\",\"text\":{\"body\":\"x\"},\"referral\":{\"source_url\":\"https://example.org/p\",\"source_id\":\"1200\",\"source_type\":\"ad\","
            "\"headline\":\"Promo\",\"body\":\"…\",\"ctwa_clid\":\"Af9\"}",
            "\"text\",\"text\":\"x\",\"data\":{\"ad\":{\"id\":\"1200\",\"type\":\"ad\",\"url\":\"https://example.org/p\",\"title\":\"Promo\",\"click\":\"Af9\"}}");
    becomes("\"type\":\"text\",\"text\":{\"body\":\"x\"},\"context\":{\"id\":\"wamid.O1\",\"referred_product\":{\"catalog_id\":\"900\",\"product_retailer_id\":\"SKU1\"}}",
            "\"text\",\"text\":\"x\",\"reply_to\":\"wamid.O1\",\"data\":{\"product\":{\"catalog\":\"900\",\"product\":\"SKU1\"}}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_text),
        cmocka_unit_test(media_carry_their_handle_and_caption),
        cmocka_unit_test(a_medium_that_cannot_be_fetched_is_unsupported_and_says_why),
        cmocka_unit_test(a_location_is_a_point_and_perhaps_a_place),
        cmocka_unit_test(contacts_are_names_and_numbers),
        cmocka_unit_test(a_tap_is_a_choice_wherever_the_button_was),
        cmocka_unit_test(a_form_is_parsed_a_second_time),
        cmocka_unit_test(interactive_without_its_object_is_unsupported),
        cmocka_unit_test(an_order_keeps_its_items_as_claims),
        cmocka_unit_test(a_reaction_names_its_message_and_may_be_taken_away),
        cmocka_unit_test(edits_and_revocations_name_the_first_message),
        cmocka_unit_test(what_whatsapp_or_we_do_not_know_is_unsupported_under_its_name),
        cmocka_unit_test(a_name_of_any_length_is_cut_between_characters),
        cmocka_unit_test(where_a_message_comes_from_is_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
