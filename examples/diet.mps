* A day's food at least cost: a linear program.
*
* Amounts are in units of 100 g. A day needs at least 2000 kcal, 60 g of protein, 30 g of fibre and 900 mg of calcium,
* at most 2600 kcal. Nobody eats more than a few hundred grams of one thing. Prices (in cents per 100 g) and contents
* are round numbers in the usual range, chosen for this example.
NAME          diet
ROWS
 N  cost
 G  energy
 G  protein
 G  fibre
 G  calcium
COLUMNS
    oats      cost      20          energy    370
    oats      protein   13          fibre     10
    oats      calcium   50
    bread     cost      30          energy    240
    bread     protein   9           fibre     7
    bread     calcium   40
    milk      cost      11          energy    64
    milk      protein   3.4         calcium   120
    lentils   cost      35          energy    340
    lentils   protein   24          fibre     11
    lentils   calcium   60
    eggs      cost      50          energy    150
    eggs      protein   13          calcium   55
    cheese    cost      90          energy    370
    cheese    protein   25          calcium   800
    apples    cost      25          energy    52
    apples    protein   0.3         fibre     2.4
    apples    calcium   6
    carrots   cost      14          energy    40
    carrots   protein   0.9         fibre     2.8
    carrots   calcium   33
RHS
    need      energy    2000        protein   60
    need      fibre     30          calcium   900
RANGES
    band      energy    600
BOUNDS
 UP limit     oats      1.5
 UP limit     bread     3
 UP limit     milk      5
 UP limit     lentils   2
 UP limit     eggs      1.5
 UP limit     cheese    1
 LO limit     apples    1
 UP limit     apples    4
 LO limit     carrots   1
 UP limit     carrots   4
ENDATA
