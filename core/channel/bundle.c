/*
 * The `data` of events, in the neutral shapes that talk.h promises, made from WhatsApp's.
 */
#include <string.h>

#include "private.h"

/* Ends a build: the tree when everything went well, else nothing of it. */
static cJSON *finish(cJSON *tree, bool ok)
{
    if (ok)
        return tree;
    cJSON_Delete(tree);
    return NULL;
}

/* ---- contacts ---- */

/* `wa_id` is the number as WhatsApp knows it; `phone` is what somebody typed into an address book. */
static bool add_phone(cJSON *list, const cJSON *phone)
{
    const char *digits = wa_some(phone, "wa_id");
    char number[32];

    if (digits == NULL || strlen(digits) >= sizeof number - 1)
        return json_add_str(list, NULL, wa_some(phone, "phone"));
    number[0] = '+';
    memcpy(number + 1, digits, strlen(digits) + 1);
    return json_add_str(list, NULL, number);
}

static cJSON *one_contact(const cJSON *contact)
{
    cJSON *object = cJSON_CreateObject(), *list = cJSON_CreateArray();
    const cJSON *phones = json_get(contact, "phones"), *phone;
    bool ok = object != NULL && list != NULL;

    ok = ok && json_add_str(object, "name", wa_some(json_get(contact, "name"), "formatted_name"));
    if (ok && cJSON_IsArray(phones)) {
        cJSON_ArrayForEach(phone, phones)
            ok = ok && add_phone(list, phone);
    }
    if (!ok) {
        cJSON_Delete(list);
        return finish(object, false);
    }
    return finish(object, json_add(object, "phones", list));
}

cJSON *wa_bundle_contacts(const cJSON *contacts)
{
    cJSON *list = cJSON_CreateArray();
    bool ok = list != NULL;
    const cJSON *item;

    cJSON_ArrayForEach(item, contacts) {
        cJSON *contact = ok ? one_contact(item) : NULL;

        ok = contact != NULL && json_add(list, NULL, contact);
    }
    return finish(list, ok);
}

/* ---- order ---- */

static bool add_number(cJSON *to, const char *key, const cJSON *number)
{
    if (cJSON_IsNumber(number))
        return cJSON_AddNumberToObject(to, key, number->valuedouble) != NULL;
    return !cJSON_IsString(number) || json_add_str(to, key, number->valuestring);
}

static cJSON *one_item(const cJSON *item)
{
    cJSON *object = cJSON_CreateObject();
    bool ok = object != NULL;

    ok = ok && json_add_str(object, "product", wa_some(item, "product_retailer_id"));
    ok = ok && add_number(object, "quantity", json_get(item, "quantity"));
    ok = ok && add_number(object, "price", json_get(item, "item_price"));
    ok = ok && json_add_str(object, "currency", wa_some(item, "currency"));
    return finish(object, ok);
}

cJSON *wa_bundle_order(const cJSON *order)
{
    cJSON *object = cJSON_CreateObject(), *list = cJSON_CreateArray();
    const cJSON *items = json_get(order, "product_items"), *item;
    bool ok = object != NULL && list != NULL;

    ok = ok && json_add_str(object, "catalog", wa_some(order, "catalog_id"));
    if (ok && cJSON_IsArray(items)) {
        cJSON_ArrayForEach(item, items) {
            cJSON *one = ok ? one_item(item) : NULL;

            ok = one != NULL && json_add(list, NULL, one);
        }
    }
    if (!ok) {
        cJSON_Delete(list);
        return finish(object, false);
    }
    return finish(object, json_add(object, "items", list));
}

/* ---- why something is not supported ---- */

cJSON *wa_bundle_reason(const cJSON *error)
{
    cJSON *object = cJSON_CreateObject();
    const char *details = wa_some(json_get(error, "error_data"), "details");
    int64_t code;
    bool ok = object != NULL;

    if (ok && json_int(error, "code", &code))
        ok = json_add_int(object, "code", code);
    return finish(object, ok && json_add_str(object, "reason", details == NULL ? wa_some(error, "title") : details));
}

/* ---- where a message comes from: forwarded, an advertisement, a product page (§2.3) ---- */

struct rename {
    const char *from, *to;
};

static bool add_renamed(cJSON *to, const char *key, const cJSON *from, const struct rename *names, size_t count)
{
    cJSON *object;
    bool ok = true;

    if (!cJSON_IsObject(from))
        return true;
    object = cJSON_CreateObject();
    for (size_t i = 0; ok && i < count; i++)
        ok = object != NULL && json_add_str(object, names[i].to, wa_some(from, names[i].from));
    if (!ok) {
        cJSON_Delete(object);
        return false;
    }
    return json_add(to, key, object);
}

cJSON *wa_bundle_extras(const cJSON *message, bool *failed)
{
    static const struct rename ad[] = { { "source_id", "id" }, { "source_type", "type" }, { "source_url", "url" },
                                        { "headline", "title" }, { "ctwa_clid", "click" } };
    static const struct rename product[] = { { "catalog_id", "catalog" }, { "product_retailer_id", "product" } };
    const cJSON *context = json_get(message, "context"), *referral = json_get(message, "referral");
    const cJSON *referred = json_get(context, "referred_product");
    bool forwarded = json_bool(context, "forwarded") || json_bool(context, "frequently_forwarded");
    cJSON *object;
    bool ok;

    if (!forwarded && !cJSON_IsObject(referral) && !cJSON_IsObject(referred))
        return NULL;
    object = cJSON_CreateObject();
    ok = object != NULL && (!forwarded || json_add_bool(object, "forwarded", true));
    ok = ok && add_renamed(object, "ad", referral, ad, sizeof ad / sizeof ad[0]);
    ok = ok && add_renamed(object, "product", referred, product, sizeof product / sizeof product[0]);
    *failed |= !ok;
    return finish(object, ok);
}
