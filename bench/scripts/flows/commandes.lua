commands {
  menu = { words = { "menu" }, does = "menu" },
}

menu { say = "commun.menu", on = { bench = "bench" } }
