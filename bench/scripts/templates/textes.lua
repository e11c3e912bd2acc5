message "bench.question" { fr = [[
@if mot: C'est noté : {mot}
📦 *Question {messages}* : que devons-nous transporter ?
]] }

message "commun.menu" { fr = [[
Bonjour
[bench] Commencer
]] }

message "commun.pas_compris" { fr = [[
Pas compris.
]] }

message "commun.probleme" { fr = [[
Un souci.
]] }

message "commun.bouton_ancien" { fr = [[
Ancien bouton.
]] }

message "commun.aide" { fr = [[
Aide.
]] }

message "commun.non_pris_en_charge" { fr = [[
Non pris en charge.
]] }
