-- Configuration of `lisolo serve`. It is Lua, but only data: no functions, nothing is run.
-- Secrets never stand here, only where they are: { file = "/path" } or { credential = "name" } (systemd's LoadCredential=).
-- What is wrong or missing is one line that names file, key and remedy; try it with:  lisolo serve --config FILE --check

database = "/var/lib/lisolo/lisolo.db"      -- the one file; its folder must be on a local disk
scripts  = "/etc/lisolo/scripts"            -- flows/ and templates/; read again by `lisolo reload`
country  = "CG"                             -- how numbers without a country are read

listen  = { address = "127.0.0.1", port = 8080 }            -- put a TLS proxy in front: /webhooks/whatsapp and /events/…
control = { socket = "/run/lisolo/control.sock" }           -- for reload, status, why; never reachable from the network

webhook = {
  verify_token = { credential = "verify-token" },
  app_secrets  = { { credential = "app-secret" } },         -- two while Meta's app secret is being replaced
}

graph = {
  base    = "https://graph.facebook.com",
  version = "v26.0",                                        -- a version lives about two years
  number  = "555000111222333",                              -- the phone number id, not the number
  token   = { credential = "graph-token" },                 -- a system user's token
  messages_per_second = 80,                                 -- what Meta grants the number
}

backend = {
  base  = "https://api.example.org",
  token = { credential = "backend-token" },
}

-- Systems that send events, signed as Standard Webhooks say. `subject` groups events that must stay in order.
-- A `source` of the scripts needs its secrets here, under its name and without a path:
--   mobile_money = { secrets = { { credential = "mobile-money" } } },
sources = {
  toktok = { path = "/events/toktok", subject = "data.numero_mission", secrets = { { credential = "toktok-events" } } },
}
