-- The marketplace of the backend stand-in: categories, merchants, products, orders (toktok.md §2.4, rows 8 and 23 to 32).
--
-- It keeps the real service's habits: prices arrive in five shapes, images may be missing, relative or broken, names are as long
-- as people write them. backend.lua calls `market(help)` with its own answers and gets routes back.
-- luacheck: read globals lab

local list, null = lab.list, lab.null

local categories = {
  "Restaurants", "Pharmacies", "Supermarchés", "Boulangeries et pâtisseries", "Boissons", "Fruits et légumes", "Boucheries et poissonneries",
  "Mode et accessoires", "Pagnes et couture", "Beauté et soins", "Téléphones et électronique", "Librairies et papeteries", "Maison et cuisine",
  "Fleurs et cadeaux",
}

local merchants = {
  { 1, "Chez Mama Ngudi", "12 avenue de la Paix, Poto-Poto", "-4.2690,15.2840" },
  { 1, "Le Palmier du Fleuve", "Corniche, Bacongo", "-4.2902,15.2611" },
  { 1, "Grillades et brochettes du Plateau des 15 ans", "Plateau des 15 ans", "" },
  { 2, "Pharmacie Mavré", "Avenue Matsoua, Bacongo", "-4.2850,15.2560" },
  { 3, "Supermarché Talangaï", "Rond-point Mikalou", "-4.2277,15.2880" },
  { 4, "Fournil Loby", "12 rue Loby, Moungali", "-4.2571,15.2712" },
  { 9, "Pagnes Tsiémé", "Marché Total, Bacongo", "-4.2881,15.2561" },
  { 11, "Mboka Télécom", "Rond-point de la Coupole", "" },
}

-- merchant, name, price as the service gives it, stock, image, description
local products = {
  { 1, "Poulet braisé et banane plantain", "4500.00", 12, "https://images.example.cg/poulet.jpg", "Un demi-poulet braisé, plantain frit, piment à part." },
  { 1, "Saka-saka au poisson fumé", "2 500 FCFA", 8, "/media/produits/saka.jpg", "Feuilles de manioc pilées, poisson fumé, riz." },
  { 1, "Jus de gingembre (1 litre)", 1500, 30, null, "Frais du matin, peu sucré." },
  { 2, "Capitaine grillé, légumes du jour et chikwangue", "7 500", 5, "https://images.example.cg/capitaine.jpg", "Pour deux personnes." },
  { 2, "Bière Ngok (65 cl)", "1000", 60, "", "Fraîche." },
  { 3, "Brochettes de bœuf (6 pièces)", "3000.00", 0, "https://images.example.cg/brochettes.jpg", "Servies avec oignons et pili-pili." },
  { 4, "Paracétamol 500 mg (boîte de 16)", "1 200 FCFA", 40, null, "" },
  { 4, "Thermomètre électronique", "6500.00", 3, "https://images.example.cg/thermometre.webp", "Mesure en dix secondes." },
  { 5, "Riz parfumé (sac de 5 kg)", 6000, 25, "https://images.example.cg/riz.jpg", "Grain long." },
  { 5, "Huile de palme (2 litres)", "3500.00", 14, null, "Première pression, de la Cuvette." },
  { 6, "Panier de manioc", "8 000 FCFA", 1, "http://images.example.cg/manioc.jpg", "Cinq bâtons frais du jour." },
  { 6, "Baguette tradition", "300", 80, null, "" },
  { 7, "Pagne wax, six yards", "18 000 FCFA", 9, "https://images.example.cg/pagne.jpg", "Coton, motifs au choix sur place." },
  { 8, "Téléphone Mboka M3, double SIM", "65000.00", 4, "https://images.example.cg/m3.jpg", "Batterie de trois jours, radio FM." },
}

local payments = { ["espèces"] = true, mobile_money = true, virement = true }
local order_words = { nouvelle = true, acceptee = true, preparee = true, expediee = true, livree = true, annulee = true }

-- luacheck: globals market
function market(help)
  local orders, counts = {}, {}
  local answer, invalid, missing, page_of = help.answer, help.invalid, help.missing, help.page_of

  local function merchant(id)
    local m = merchants[id]
    return m and { id = id, nom_entreprise = m[2], type_entreprise = { id = m[1], nom = categories[m[1]] }, adresse = m[3],
                   coordonnees_gps = m[4], is_active = true }
  end

  local function product(id)
    local p = products[id]
    return p and { id = id, entreprise = p[1], entreprise_nom = merchants[p[1]][2], nom = p[2], prix = p[3], stock = p[4], image = p[5],
                   description = p[6], categorie = { id = merchants[p[1]][1], nom = categories[merchants[p[1]][1]] }, is_disponible = p[4] > 0 }
  end

  local function all(source, make, keep)
    local found = {}
    for id = 1, #source do
      local one = make(id)
      if not keep or keep(one) then found[#found + 1] = one end
    end
    return found
  end

  local function list_categories(request)
    return page_of(all(categories, function(id) return { id = id, nom = categories[id], ordre = id } end), request)
  end

  local function list_merchants(request)
    local kind = tonumber(request.query.type_entreprise or "")
    return page_of(all(merchants, merchant, function(m) return not kind or m.type_entreprise.id == kind end), request)
  end

  -- As upstream: the list is not filtered by merchant unless asked to.
  local function list_products(request)
    local owner = tonumber(request.query.entreprise or "")
    return page_of(all(products, product, function(p) return not owner or p.entreprise == owner end), request)
  end

  local function one_product(_, id)
    local found = product(math.tointeger(tonumber(id)))
    return found and answer(200, found) or missing()
  end

  local function read_line(line, owner, details)
    local found = type(line) == "table" and products[math.tointeger(tonumber(line.produit or "")) or 0]
    if not found then details.produit = list { "Produit inconnu." }
    elseif found[1] ~= owner then details.produit = list { "Ce produit est vendu par une autre entreprise." }
    elseif math.type(line.quantite) ~= "integer" or line.quantite < 1 then details.quantite = list { "Une quantité positive est attendue." }
    elseif line.quantite > found[4] then details.quantite = list { "Stock insuffisant." }
    elseif math.type(line.prix_unitaire) ~= "integer" then details.prix_unitaire = list { "Un nombre valide est attendu." }
    else return { produit = product(math.tointeger(tonumber(line.produit))), quantite = line.quantite, prix_unitaire = line.prix_unitaire } end
  end

  local function create_order(request)
    local body, details, lines, total = request.json or {}, {}, list {}, 0
    local owner = math.tointeger(body.entreprise)
    if not owner or not merchants[owner] then details.entreprise = list { "Entreprise inconnue." } end
    if type(body.adresse_livraison) ~= "string" or body.adresse_livraison == "" then details.adresse_livraison = list { "Ce champ est obligatoire." } end
    if not payments[body.mode_paiement or ""] then details.mode_paiement = list { "Choix inconnu." } end
    if type(body.details) ~= "table" or #body.details == 0 then details.details = list { "Une ligne au moins est attendue." } end
    for _, line in ipairs(type(body.details) == "table" and body.details or {}) do
      local read = read_line(line, owner, details)
      if read then
        lines[#lines + 1] = read
        total = total + read.quantite * read.prix_unitaire
      end
    end
    if next(details) then return invalid(details) end
    local day = help.iso(lab.now_ms()):sub(1, 10):gsub("-", "")
    counts[day] = (counts[day] or 0) + 1
    local order = { id = #orders + 1, numero_commande = ("CMD-%s-%03d"):format(day, counts[day]), statut = "nouvelle",
                    entreprise = owner, entreprise_nom = merchants[owner][2], adresse_livraison = body.adresse_livraison,
                    coordonnees_gps = body.coordonnees_gps or "0,0", mode_paiement = body.mode_paiement,
                    notes_client = body.notes_client or "", telephone_livraison = body.telephone_livraison or "", lignes = lines,
                    montant_produits = ("%d.00"):format(total), montant_total = ("%d.00"):format(total) }
    orders[#orders + 1] = order
    return answer(201, order)
  end

  local function list_orders(request)
    local phone = request.query.telephone
    return page_of(all(orders, function(id) return orders[id] end, function(o) return not phone or o.telephone_livraison == phone end), request)
  end

  local function one_order(_, id)
    local order = orders[math.tointeger(tonumber(id))]
    return order and answer(200, order) or missing()
  end

  local function update_order(request, id)
    local order, word = orders[math.tointeger(tonumber(id))], (request.json or {}).statut
    if not order then return missing() end
    if not order_words[word or ""] then return invalid { statut = list { "Choix inconnu." } } end
    order.statut = word
    return answer(200, order)
  end

  return {
    { "GET", "^/api/v1/auth/entreprises/$", list_merchants, "token" },
    { "GET", "^/api/v1/marketplace/categories/$", list_categories, "token" },
    { "GET", "^/api/v1/marketplace/produits/disponibles/$", list_products, "token" },
    { "GET", "^/api/v1/marketplace/produits/(%d+)/$", one_product, "token" },
    { "GET", "^/api/v1/marketplace/commandes/$", list_orders, "token" },
    { "POST", "^/api/v1/marketplace/commandes/$", function(request) return help.once(request, create_order) end, "token" },
    { "GET", "^/api/v1/marketplace/commandes/(%d+)/$", one_order, "token" },
    { "POST", "^/api/v1/marketplace/commandes/(%d+)/update_statut/$", update_order, "token" },
  }
end
