-- The backend that Lisolo's first house talks to, played for tests and trials: courier missions, login, one profile.
--
-- It keeps the habits of a Django REST service: decimals are strings, lists come in pages, a refused body is 400 with
-- `message` and `details`, no token is 401 with `detail`, an unknown id is 404 with `detail`. Change data and habits here;
-- what `lab` and `request` offer is said in backend.h.
-- luacheck: read globals lab options market

local list, null = lab.list, lab.null

local PAGE = 20
local CALLS_KEPT = 10000
local ZONE_S = 3600            -- Brazzaville is one hour ahead of UTC all year

-- ---- data -----------------------------------------------------------------------------------------------------------

local clients = {
  { id = 1, phone = "+242066123456", password = "Brazza-2025",   first_name = "Prisca",   last_name = "Moukala", address = "12 rue Loby" },
  { id = 2, phone = "+242055010203", password = "Talangai-2025", first_name = "Dieuveil", last_name = "Ibara",   address = "5 rue Mbamou" },
}

local driver = { nom = "Junior Okemba", telephone = "+242069876543" }

-- A mission passes through stages; each has words in two languages, the first one is what the backend says by itself.
local stages = {
  { name = "created",   en = { "pending", "new" },              fr = { "en_attente" } },
  { name = "assigned",  en = { "accepted", "assigned" },        fr = { "assignee", "confirme" } },
  { name = "pickup",    en = { "pickup_arrived" },              fr = { "au_depart", "arrive_pickup" } },
  { name = "transit",   en = { "in_transit", "picked_up" },     fr = { "en_route", "recupere" } },
  { name = "delivered", en = { "delivered", "completed" },      fr = { "livree", "termine" } },
  { name = "cancelled", en = { "cancelled", "canceled" },       fr = { "annulee", "annule" } },
}

local words = options.vocabulary
local missions, by_number, day_counts, tokens, refreshes, answers, calls, rules, count

local function reset()
  missions, by_number, day_counts = {}, {}, {}
  tokens, refreshes, answers, calls, rules = { [options.token] = "service" }, {}, {}, {}, {}
  count = { calls = 0, missions = 0, replays = 0, key_mismatches = 0, events = 0, faults = 0 }
end

local function stage_of(word)
  for _, stage in ipairs(stages) do
    for _, language in ipairs { "en", "fr" } do
      for _, known in ipairs(stage[language]) do
        if known == word then return stage, language end
      end
    end
  end
end

-- The word in the language that is spoken now; a word that is already in it stays as it is.
local function speak(word)
  local stage, language = stage_of(word)
  if not stage or language == words then return word end
  return stage[words][1]
end

local function iso(ms)
  return os.date("!%Y-%m-%dT%H:%M:%S", ms // 1000 + ZONE_S) .. "+01:00"
end

local function next_number(ms)
  local day = os.date("!%Y%m%d", ms // 1000 + ZONE_S)
  day_counts[day] = (day_counts[day] or 0) + 1
  return ("COUR-%s-%03d"):format(day, day_counts[day])
end

local function add_mission(fields, number)
  local now = lab.now_ms()
  local mission = {
    id = #missions + 1, numero_mission = number or next_number(now), statut = "pending", created_at = iso(now), updated_at = iso(now),
    entreprise_demandeur = "", contact_entreprise = "", adresse_recuperation = "", coordonnees_recuperation = "",
    adresse_livraison = "", coordonnees_livraison = "", nom_client_final = "", telephone_client_final = "", description_produit = "",
    valeur_produit = "0.00", montant_coursier = "1500.00", type_paiement = "entreprise_paie", is_haute_valeur = false,
    livreur = null, livreur_nom = null, livreur_telephone = null, distance_km = null, distance_estimee = null,
    duree_estimee_minutes = null, commande_id = null, livraison_id = null,
  }
  for name, value in pairs(fields) do mission[name] = value end
  missions[#missions + 1] = mission
  by_number[mission.numero_mission] = mission
  return mission
end

local function assign(mission)
  if mission.livreur ~= null then return end
  mission.livreur, mission.livreur_nom, mission.livreur_telephone = 7, driver.nom, driver.telephone
  mission.distance_km, mission.distance_estimee, mission.duree_estimee_minutes = "3.20", "3.20", 8
end

local function seed()
  local prisca = { entreprise_demandeur = "Prisca Moukala", contact_entreprise = "+242066123456" }
  local function mission(number, statut, fields)
    for name, value in pairs(prisca) do fields[name] = fields[name] or value end
    local made = add_mission(fields, number)
    made.statut = statut
    if statut ~= "pending" then assign(made) end
  end
  mission("COUR-20250126-058", "delivered", {
    adresse_recuperation = "12 rue Loby, Moungali", adresse_livraison = "Marché Total, Bacongo", nom_client_final = "Merveille Nzaba",
    telephone_client_final = "+242064445566", description_produit = "Deux pagnes", valeur_produit = "15000.00" })
  mission("COUR-20250127-060", "pending", {
    entreprise_demandeur = "Dieuveil Ibara", contact_entreprise = "+242055010203", adresse_recuperation = "5 avenue de la Tsiémé",
    adresse_livraison = "Rond-point de la Coupole", nom_client_final = "Grâce Oba", telephone_client_final = "+242066001122",
    description_produit = "Un dossier", valeur_produit = "1000.00" })
  mission("COUR-20250127-061", "in_transit", {
    adresse_recuperation = "12 rue Loby, Moungali", adresse_livraison = "25 rue Malanda, Poto-Poto", nom_client_final = "Aubin Samba",
    telephone_client_final = "+242065550000", description_produit = "Un téléphone", valeur_produit = "8000.00" })
end

-- ---- answers --------------------------------------------------------------------------------------------------------

local function answer(status, value) return { status = status, json = value } end

local function invalid(details) return answer(400, { message = "Données invalides.", details = details }) end

local function denied() return answer(401, { detail = "Authentification requise ou jeton expiré." }) end

local function missing() return answer(404, { detail = "Introuvable." }) end

local function spoken(mission)
  local copy = {}
  for name, value in pairs(mission) do copy[name] = value end
  copy.statut = speak(mission.statut)
  return copy
end

local function caller(request)
  local token = (request.headers.authorization or ""):match("^Bearer (.+)$")
  return token and tokens[token]
end

-- One page of a list, newest last, as the real service orders it.
local function page_of(items, request)
  local number = math.tointeger(tonumber(request.query.page or "1"))
  local pages = math.max(1, (#items + PAGE - 1) // PAGE)
  if not number or number < 1 or number > pages then return missing() end
  local results = list {}
  for i = (number - 1) * PAGE + 1, math.min(number * PAGE, #items) do results[#results + 1] = items[i] end
  local function link(n)
    if n < 1 or n > pages then return null end
    return ("http://%s%s?page=%d"):format(request.headers.host or "localhost", request.path, n)
  end
  return answer(200, { count = #items, next = link(number + 1), previous = link(number - 1), results = results })
end

-- ---- login and profile (toktok.md §2.1, rows 1 and 2) ---------------------------------------------------------------

local function client_by(field, value)
  for _, client in ipairs(clients) do
    if client[field] == value then return client end
  end
end

local function user_of(client)
  return { id = client.id, username = client.phone, first_name = client.first_name, last_name = client.last_name, role = "client",
           phone_number = client.phone, is_active = true }
end

local function give_tokens(client)
  local access, refresh = "acc-" .. lab.random(16), "ref-" .. lab.random(16)
  tokens[access], refreshes[refresh] = client.id, client.id
  return access, refresh
end

local function login(request)
  local body, details = request.json or {}, {}
  for _, name in ipairs { "username", "password" } do
    if type(body[name]) ~= "string" or body[name] == "" then details[name] = list { "Ce champ est obligatoire." } end
  end
  if next(details) then return invalid(details) end
  local client = client_by("phone", body.username)
  if not client or client.password ~= body.password then return answer(401, { detail = "Identifiants incorrects." }) end
  local access, refresh = give_tokens(client)
  return answer(200, { access = access, refresh = refresh, user_type = "client", user = user_of(client) })
end

local function refresh(request)
  local id = refreshes[(request.json or {}).refresh or ""]
  if not id then return denied() end
  local access = "acc-" .. lab.random(16)
  tokens[access] = id
  return answer(200, { access = access })
end

local function my_profile(request)
  local id = caller(request)
  if not id then return denied() end
  local client = client_by("id", id)
  if not client then return missing() end
  return answer(200, { id = client.id, user = user_of(client), adresse_principale = client.address, coordonnees_gps = "",
                       preferences_livraison = {} })
end

-- ---- missions (§2.2, rows 11 to 13; widths from §2.5) ---------------------------------------------------------------

local fields = {
  { "entreprise_demandeur", 200, true },      { "contact_entreprise", 20, true },
  { "adresse_recuperation", 1000, true },     { "coordonnees_recuperation", 100 },
  { "adresse_livraison", 1000, true },        { "coordonnees_livraison", 100 },
  { "nom_client_final", 200, true },          { "telephone_client_final", 20, true },
  { "description_produit", 1000, true },      { "type_paiement", 20, true },
}

local payments = { entreprise_paie = true, client_paie = true }

-- numeric(10,2): up to eight digits before the point and two after it. Returns the column's text.
local function decimal(value)
  local text = type(value) == "number" and ("%.14g"):format(value) or value
  if type(text) ~= "string" then return nil end
  local whole, cents = text:match("^(%d+)%.?(%d*)$")
  if not whole or #whole > 8 or #cents > 2 then return nil end
  return whole .. "." .. cents .. ("0"):rep(2 - #cents)
end

local function read_mission(body)
  local details, mission = {}, {}
  for _, field in ipairs(fields) do
    local name, width, required = field[1], field[2], field[3]
    local value = body[name]
    if value == nil or value == null or value == "" then
      if required then details[name] = list { value == "" and "Ce champ ne peut être vide." or "Ce champ est obligatoire." } end
    elseif type(value) ~= "string" then
      details[name] = list { "Une chaîne de caractères est attendue." }
    elseif (utf8.len(value) or 0) > width then
      details[name] = list { ("Pas plus de %d caractères."):format(width) }
    else
      mission[name] = value
    end
  end
  mission.valeur_produit = decimal(body.valeur_produit)
  if not mission.valeur_produit then details.valeur_produit = list { "Un nombre valide est attendu." } end
  if mission.type_paiement and not payments[mission.type_paiement] then details.type_paiement = list { "Choix inconnu." } end
  return next(details) == nil and mission, details
end

local function create_mission(request)
  local body = request.json
  if type(body) ~= "table" then return invalid { non_field_errors = list { "Un objet JSON est attendu." } } end
  local mission, details = read_mission(body)
  if not mission then return invalid(details) end
  mission.is_haute_valeur = tonumber(mission.valeur_produit) >= 100000
  count.missions = count.missions + 1
  return answer(201, spoken(add_mission(mission)))
end

-- The same key gets the same answer. A different body under one key is answered the same way and counted: the caller decides
-- what it means, the service only promises that nothing happens twice.
local function once(request, action)
  local key = request.headers["idempotency-key"]
  if not key then return action(request) end
  local before = answers[key]
  if before then
    count.replays = count.replays + 1
    if before.text ~= request.text then count.key_mismatches = count.key_mismatches + 1 end
    return { status = before.answer.status, json = before.answer.json, header = "Idempotent-Replayed", header_value = "true" }
  end
  local given = action(request)
  if given.status < 500 then answers[key] = { text = request.text, answer = given } end
  return given
end

local function list_missions(request)
  local items = {}
  for i, mission in ipairs(missions) do items[i] = spoken(mission) end
  return page_of(items, request)
end

local function one_mission(_, id)
  local mission = missions[math.tointeger(tonumber(id))]
  return mission and answer(200, spoken(mission)) or missing()
end

local routes = {
  { "POST", "^/api/v1/auth/login/$", login },
  { "POST", "^/api/v1/auth/refresh/$", refresh },
  { "GET", "^/api/v1/auth/clients/my_profile/$", my_profile },
  { "GET", "^/api/v1/coursier/missions/$", list_missions, "token" },
  { "POST", "^/api/v1/coursier/missions/$", function(request) return once(request, create_mission) end, "token" },
  { "GET", "^/api/v1/coursier/missions/(%d+)/$", one_mission, "token" },
}
local shop = market { answer = answer, invalid = invalid, missing = missing, page_of = page_of, once = once, iso = iso }
table.move(shop, 1, #shop, #routes + 1, routes)

local function route(request)
  local known = false
  for _, one in ipairs(routes) do
    local found = request.path:match(one[2])
    if found and one[1] == request.method then
      if one[4] and not caller(request) then return denied() end
      return one[3](request, found)
    end
    known = known or found ~= nil
  end
  if known then return answer(405, { detail = "Méthode non permise." }) end
  if request.method == "GET" and request.path:sub(-1) ~= "/" then
    return { status = 301, header = "Location", header_value = request.path .. "/" }
  end
  return missing()
end

-- ---- /_lab: what the tester says and asks ---------------------------------------------------------------------------

local lab_routes = {}

local function bad(text) return answer(400, { error = text }) end

lab_routes["GET calls"] = function(request)
  local after = math.tointeger(tonumber(request.query.after or "0")) or 0
  local found = list {}
  for _, call in ipairs(calls) do
    if call.n > after then found[#found + 1] = call end
  end
  return answer(200, { calls = found, next = count.calls })
end

lab_routes["GET stats"] = function()
  local stats = { webhooks = lab.events(), words = words, stored = #missions }
  for name, value in pairs(count) do stats[name] = value end
  return answer(200, stats)
end

-- {"numero_mission", "statut"} and any field to change with it; "raw" keeps a word that is not known, "times" posts the
-- same event more than once, "delay_ms" posts it later.
lab_routes["POST advance"] = function(request)
  local body = request.json or {}
  local mission = by_number[body.numero_mission or ""]
  if not mission then return answer(404, { error = "numero_mission: no such mission" }) end
  local stage = stage_of(body.statut)
  if type(body.statut) ~= "string" or not (stage or body.raw) then return bad "statut: not a known word" end
  mission.statut, mission.updated_at = body.statut, iso(lab.now_ms())
  if stage and stage.name ~= "created" and stage.name ~= "cancelled" then assign(mission) end
  for name, value in pairs(body) do
    if mission[name] ~= nil and name ~= "id" and name ~= "statut" then mission[name] = value end
  end
  local id = "evt_" .. lab.random(12)
  local event = { type = "mission.status_changed", timestamp = iso(lab.now_ms()), data = spoken(mission) }
  local posted, why
  for _ = 1, body.times or 1 do posted, why = lab.emit(id, event, body.delay_ms or 0) end
  count.events = count.events + 1
  return answer(200, { event = id, statut = event.data.statut, posted = posted == true, reason = why })
end

-- Adds missions as they are ("count" of them), for lists of many pages and for people of a test.
lab_routes["POST missions"] = function(request)
  local body, made = request.json or {}, list {}
  local number, times = body.numero_mission, body.count or 1
  body.count = nil
  if number and by_number[number] then return bad "numero_mission: there already" end
  for _ = 1, times do made[#made + 1] = add_mission(body, number) end
  return answer(201, { missions = made })
end

local rule_keys = { method = "string", path = "string", skip = "number", count = "number", latency_ms = "number", status = "number",
                    body = "string", silence = "string", reset = "string", missing_ids = "boolean" }

local function check_rule(rule)
  if type(rule) ~= "table" then return "a rule is an object" end
  for name, value in pairs(rule) do
    if not rule_keys[name] then return tostring(name) .. ": no such key in a rule" end
    if type(value) ~= rule_keys[name] then return name .. ": not a " .. rule_keys[name] end
  end
  for _, name in ipairs { "silence", "reset" } do
    if rule[name] and rule[name] ~= "before" and rule[name] ~= "after" then return name .. ": before or after" end
  end
end

lab_routes["POST behave"] = function(request)
  local body = request.json
  local given = type(body) == "table" and body.rules or { body }
  for _, rule in ipairs(given) do
    local wrong = check_rule(rule)
    if wrong then return bad(wrong) end
  end
  for _, rule in ipairs(given) do rules[#rules + 1] = rule end
  return answer(200, { done = true })
end

lab_routes["POST vocabulary"] = function(request)
  local wanted = (request.json or {}).words
  if wanted ~= "en" and wanted ~= "fr" then return bad "words: en or fr" end
  words = wanted
  return answer(200, { done = true })
end

-- Tokens of clients end now, as an access token does after an hour; refresh tokens stay, unless "what" is "all".
lab_routes["POST expire"] = function(request)
  tokens = { [options.token] = "service" }
  if (request.json or {}).what == "all" then refreshes = {} end
  return answer(200, { done = true })
end

lab_routes["POST reset"] = function(request)
  if (request.json or {}).what == "rules" then rules = {} else
    reset()
    seed()
  end
  return answer(200, { done = true })
end

-- ---- misbehaviour ---------------------------------------------------------------------------------------------------

local function matching_rule(request)
  for _, rule in ipairs(rules) do
    if (not rule.method or rule.method == request.method) and (not rule.path or request.path:find(rule.path, 1, true)) and rule.count ~= 0 then
      if (rule.skip or 0) > 0 then
        rule.skip = rule.skip - 1
      else
        if rule.count then rule.count = rule.count - 1 end
        count.faults = count.faults + 1
        return rule
      end
    end
  end
end

local function without_ids(given)
  local copy = {}
  for name, value in pairs(given.json or {}) do
    if name ~= "id" and name ~= "numero_mission" then copy[name] = value end
  end
  return { status = given.status, json = copy }
end

local function misbehave(rule, request)
  if rule.silence == "before" then return { status = 0, silence = true } end
  if rule.reset == "before" then return { reset = true, latency_ms = rule.latency_ms } end
  if rule.status and rule.status >= 300 then
    return { status = rule.status, text = rule.body or lab.encode { detail = "Panne demandée." }, latency_ms = rule.latency_ms }
  end
  local given = route(request)
  if rule.silence == "after" then return { status = 0, silence = true } end
  if rule.reset == "after" then return { reset = true, latency_ms = rule.latency_ms } end
  if rule.missing_ids then given = without_ids(given) end
  return { status = rule.status or given.status, json = given.json, text = rule.body, latency_ms = rule.latency_ms,
           header = given.header, header_value = given.header_value }
end

-- ---- one request ----------------------------------------------------------------------------------------------------

local function remember(request, given)
  count.calls = count.calls + 1
  calls[#calls + 1] = {
    n = count.calls, at_ms = lab.now_ms(), method = request.method, path = request.path, status = given.status or 0,
    body = request.json or null, page = request.query.page or null, key = request.headers["idempotency-key"] or null,
    as = tostring(caller(request) or "nobody"), fault = given.silence and "silence" or given.reset and "reset" or null,
  }
  if #calls > CALLS_KEPT then table.remove(calls, 1) end
end

reset()
seed()

return function(request)
  local name = request.path:match("^/_lab/(%a+)$")
  if name then
    local handler = lab_routes[request.method .. " " .. name]
    return handler and handler(request) or answer(404, { error = "no such endpoint" })
  end
  local rule = matching_rule(request)
  local given = rule and misbehave(rule, request) or route(request)
  remember(request, given)
  return given
end
