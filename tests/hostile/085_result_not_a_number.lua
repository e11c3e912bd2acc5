-- expect: error the result.prix is not a number
return { prix = 0 / 0 }
