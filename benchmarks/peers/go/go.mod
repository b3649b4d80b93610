module weft.benchmarks/peers

go 1.19
