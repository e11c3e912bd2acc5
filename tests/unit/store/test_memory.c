/* The memory driver keeps the contract. */
#include "drivers.h"

int main(void) { return contract_run(&on_memory); }
