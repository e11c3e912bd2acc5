-- expect: error gaps
return { 1, nil, 3 }
