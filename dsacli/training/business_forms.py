"""More kinds of facts for `forms`: what contracts, invoices, reports, notices and letters of many trades say.

A program asks with the name of a field ("the deductible", "the guarantor"), while documents often say the same without
that name ("you bear the first £200 of any loss yourself"). Each kind here says its facts by name, in a form line and in
other words, mostly beside a second value of the same sort, so that names and words meet in training.
"""

import datetime
from collections.abc import Callable

import numpy as np

Rng = np.random.Generator


def pick(rng: Rng, values: list[str]) -> str:
    """A random element."""
    return values[int(rng.integers(len(values)))]


def listed(text: str) -> list[str]:
    """The parts between the bars of a text that may be broken over lines."""
    return [" ".join(part.split()) for part in text.split("|")]


def words(text: str) -> list[str]:
    """The words of a text."""
    return text.split()


def chosen(text: str) -> Callable[[Rng], str]:
    """A maker that picks from a list written with bars."""
    values = listed(text)
    return lambda rng: pick(rng, values)


GIVEN = words("""Abel Adaeze Agnes Alba Amir Anneke Arthur Aurelia Bashir Benita Bjorn Callum Camille Chidi Clara Cosmo Dagny Daniel Dimitri Dolores Edith
 Emre Enzo Eva Felix Florence Gita Grace Gustav Harriet Henrik Ida Ivo Jakub Jean Joy Julian Kamal Karin Kenji Lars Laura Leon Lucia Magnus Malik
 Margit Mei Milan Miriam Naomi Nikolai Noor Oscar Otto Paula Piotr Priya Rafael Ravi Ruth Samuel Sanne Sigrid Simone Soren Stella Tamar Theo
 Tobias Ursula Valentin Victor Wilma Xenia Yara Yvonne Zoltan""")
SURNAMES = words("""Achterberg Ainsley Almeida Amadi Andersson Ashdown Banerjee Barlow Bellini Bergstrom Blackwood Bosman Bukowski Calloway Chaudhry Cho
 Cranston Dahl Delacroix Diallo Dunmore Eastwick Eriksen Esposito Farrell Fitch Fontaine Gallagher Ghosh Goldberg Greer Haddad Hargreave Hollis
 Horvath Iyer Jansson Jessop Kaplan Keating Kowalczyk Larkin Lemaire Lombardi Mbeki Mercer Moreau Nakamura Nash Nyberg Obi Ortega Osei Papadakis
 Pereira Pym Radcliffe Renner Romero Rowntree Sandoval Schuster Sharma Sinclair Stavros Sutcliffe Tanaka Thorne Tremblay Ueda Vasquez Verhoeven
 Wainwright Weiss Winterbourne Xu Yilmaz Zawadzki""")
COINED = [words("Vel Nor Tri Sol Cor Lum Hex Bry Cal Zen Mar Ost Per Quil Dar Fen Gal Hal Jor Kal"),
          words("tec dyne vara mont ix ora wick lane stad gen mark via lumen quist bel tor nova")]  # fmt: skip
TRADES = listed("""Logistics|Foods|Engineering|Textiles|Robotics|Consulting|Packaging|Chemicals|Ceramics|Motors|Interiors|Pharma|Marine|Optics
 |Catering|Plumbing|Farms|Printing|Properties|Analytics|Batteries|Roofing|Publishing|Instruments|Lighting""")
LEGAL = ["Ltd", "Ltd", "GmbH", "Inc", "LLC", "plc", "AG", "BV", "SA", "Limited", "Group", "Holdings", "& Sons", "& Co"]
TOWNS = [words("Ash Brook Calder Dun Elm Fair Glen Hart Inver Kings Lang Mill North Oak Pen Rother Stan Thorn West Wood"),
         words("ford bury haven ton dale mouth bridge combe field wick stead port minster well")]  # fmt: skip
CITIES = words("""Vienna Rotterdam Seville Krakow Montreal Nairobi Auckland Osaka Santiago Toulouse Leipzig Bologna Gdansk Tampere Boston Accra Dublin
 Chicago Basel Bremen Valencia Mumbai Perth Quebec Riga Sofia Tallinn""")
STREETS = listed("""Larkspur Lane|Mill Road|Station Street|Harbour Row|Tanner's Yard|Queen Street|Linden Avenue|Canal Walk|Chapel Hill|Foundry Way
 |Market Square|Orchard Close|Ropewalk|Saddlers' Court|Quayside|Fifth Avenue|Bellevue Terrace|Poplar Drive|Old Kiln Road|Victoria Parade""")
WORDS = dict(enumerate(words("""two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen
 twenty"""), 2)) | {30: "thirty", 40: "forty", 60: "sixty", 90: "ninety"}  # fmt: skip


def name(rng: Rng) -> str:
    given, surname = pick(rng, GIVEN), pick(rng, SURNAMES)
    if rng.random() < 0.1:
        return f"{given} {pick(rng, list('ABCDEGHJKLMPRST'))}. {surname}"
    return f"{given} {surname}-{pick(rng, SURNAMES)}" if rng.random() < 0.05 else f"{given} {surname}"


def coined(rng: Rng) -> str:
    return "".join(pick(rng, part) for part in COINED)


def firm(rng: Rng) -> str:
    head = coined(rng) if rng.random() < 0.5 else pick(rng, SURNAMES)
    tail = pick(rng, [pick(rng, TRADES), pick(rng, LEGAL), f"{pick(rng, TRADES)} {pick(rng, LEGAL[:-2])}"])
    return f"{head} & {pick(rng, SURNAMES)}" if rng.random() < 0.1 else f"{head} {tail}"


def city(rng: Rng) -> str:
    return pick(rng, CITIES) if rng.random() < 0.4 else "".join(pick(rng, part) for part in TOWNS)


def port(rng: Rng) -> str:
    return f"Port {pick(rng, SURNAMES)}" if rng.random() < 0.3 else city(rng)


def letters(rng: Rng, length: int) -> str:
    return "".join(pick(rng, list("ABCDEFGHJKLMNPRSTVWXYZ")) for _ in range(length))


def address(rng: Rng) -> str:
    head = pick(
        rng, ["", "", "", f"Unit {rng.integers(1, 30)}, ", f"Flat {rng.integers(1, 30)}, ", "The Old Granary, "]
    )
    code = pick(rng, ["", "", f" {letters(rng, 2)}{rng.integers(1, 20)} {rng.integers(1, 10)}{letters(rng, 2)}",
                      f" {rng.integers(10000, 99999)}"])  # fmt: skip
    return f"{head}{rng.integers(1, 220)} {pick(rng, STREETS)}, {city(rng)}{code}"


def code(rng: Rng) -> str:
    low, year = rng.integers(100, 999), rng.integers(2016, 2031)
    return pick(rng, [f"{letters(rng, 2)}-{rng.integers(10000, 99999)}", f"{year}/{rng.integers(1000, 9999)}", f"{letters(rng, 3)} {low}",
                      f"{letters(rng, 1)}{rng.integers(100000, 999999)}", f"{low}-{rng.integers(10, 99)}-{letters(rng, 1)}",
                      f"{letters(rng, 2)}/{year % 100}/{low}", f"{rng.integers(1000000, 9999999)}"])  # fmt: skip


def account(rng: Rng) -> str:
    blocks = [f"{rng.integers(1000, 9999)}" for _ in range(4)]
    return pick(rng, [f"{letters(rng, 2)}{rng.integers(10, 99)} {' '.join(blocks)}", "".join(blocks[:2]),
                      f"{rng.integers(10, 99)}-{rng.integers(10, 99)}-{rng.integers(10, 99)} {''.join(blocks[:2])}"])  # fmt: skip


def calendar_day(rng: Rng, first: int, last: int) -> str:
    at = datetime.date(int(rng.integers(first, last)), int(rng.integers(1, 13)), int(rng.integers(1, 29)))
    ending = {1: "st", 21: "st", 2: "nd", 22: "nd", 3: "rd", 23: "rd"}.get(at.day, "th")
    return pick(rng, [f"{at.day} {at:%B %Y}"] * 4 + [f"{at:%B} {at.day}, {at.year}", f"{at.day} {at:%B}", f"{at:%A} {at.day} {at:%B}",
                      f"{at:%A}, {at.day} {at:%B %Y}", f"{at.day}{ending} {at:%B %Y}", f"{at:%Y-%m-%d}", f"{at:%d/%m/%Y}"])  # fmt: skip


def clock(rng: Rng, first: int, last: int) -> str:
    hour, minute = int(rng.integers(first, last)), pick(rng, ["00", "15", "30", "45", "10", "20"])
    half, short = "am" if hour < 12 else "pm", hour if hour < 13 else hour - 12
    plain = f"{short} {half}" if minute == "00" else f"{short}.{minute} {half}"
    return pick(rng, [plain, f"{hour:02}:{minute}", f"{short}:{minute} {half}"])


def currency(rng: Rng, amount: str) -> str:
    return pick(rng, [f"£{amount}", f"${amount}", f"€{amount}", f"£{amount}", f"${amount}", f"€{amount}", f"EUR {amount}", f"USD {amount}",
                      f"CHF {amount}", f"{amount} euros", f"{amount} dollars", f"{amount} kroner"])  # fmt: skip


def price(rng: Rng) -> str:
    amount = int(rng.integers(5, 400)) if rng.random() < 0.5 else int(rng.integers(20, 990)) * 10
    return currency(rng, f"{amount:,}" + pick(rng, ["", "", f".{rng.integers(10, 99)}", ".50"]))


def amount_of_money(rng: Rng) -> str:
    return currency(rng, f"{int(rng.integers(8, 990)) * [250, 500, 1000][int(rng.integers(3))]:,}")


def big(rng: Rng) -> str:
    """The money of large companies."""
    amount = pick(rng, [f"{rng.integers(2, 990)}", f"{rng.integers(1, 90)}.{rng.integers(1, 10)}"])
    return pick(rng, [currency(rng, f"{amount} million"), currency(rng, f"{amount} million"),
                      f"{pick(rng, ['£', '$', '€'])}{amount}{pick(rng, ['m', 'bn', ' billion'])}"])  # fmt: skip


def quantity(rng: Rng, numbers: list[int], units: list[str]) -> str:
    """A number, in figures or words or both, with a unit."""
    number, unit = numbers[int(rng.integers(len(numbers)))], pick(rng, units)
    word = WORDS.get(number, str(number))
    both = f"{word} ({number}) {unit}" if word != str(number) else f"{number} {unit}"
    return pick(rng, [f"{number} {unit}"] * 3 + [f"{word} {unit}"] * 2 + [both])


def period(rng: Rng) -> str:
    if rng.random() < 0.4:
        return quantity(rng, [2, 3, 4, 5, 6, 7, 8, 10, 12], ["years"])
    return quantity(rng, [2, 3, 4, 5, 6, 9, 10, 12, 15, 18, 24, 30, 36, 48, 60], ["months"])


def days(rng: Rng) -> str:
    if rng.random() < 0.2:
        return quantity(rng, [2, 3, 4, 5, 6, 8, 10, 12], ["weeks"])
    return quantity(
        rng, [2, 3, 5, 6, 7, 8, 10, 12, 14, 20, 21, 28, 30, 45, 60, 90], ["days", "days", "days", "working days"]
    )


def measured(low: int, high: int, units: str) -> Callable[[Rng], str]:
    """A maker of figures with a unit of measure."""
    names = listed(units)
    return lambda rng: f"{rng.integers(low, high)}{pick(rng, ['', '', f'.{rng.integers(1, 10)}'])} {pick(rng, names)}"


def small(low: int, high: int) -> Callable[[Rng], str]:
    """A maker of whole numbers, in figures or words."""

    def make(rng: Rng) -> str:
        number = int(rng.integers(low, high))
        return pick(rng, [str(number), WORDS.get(number, str(number))])

    return make


def product(rng: Rng) -> str:
    noun = pick(rng, listed("""pressure washer|bread oven|label printer|water heater|lawnmower|dehumidifier|coffee machine|forklift|router|stairlift
     |blood pressure monitor|baby monitor|sewing machine|cordless drill|heat pump|dishwasher|electric bicycle|hearing aid|projector|air purifier
     |tumble dryer|chainsaw|pushchair|document scanner|thermostat"""))  # fmt: skip
    return f"{coined(rng)} {pick(rng, [str(rng.integers(2, 90) * 10), f'{letters(rng, 1)}{rng.integers(2, 99)}', 'Pro', 'Mini'])} {noun}"


def drug(rng: Rng) -> str:
    parts = [
        words("ba ve lo mi tra zo ri pe ka do"),
        words("lta ri no xa pu mi ve sto"),
        words("rine mab pril zole statin cillin vir done pam"),
    ]
    return "".join(pick(rng, part) for part in parts)


def mail(rng: Rng) -> str:
    who = pick(
        rng,
        [
            f"{pick(rng, GIVEN)}.{pick(rng, SURNAMES)}",
            pick(rng, listed("office|privacy|claims|bookings|hr|tenders|accounts|support")),
        ],
    )
    return f"{who}@{coined(rng)}.{pick(rng, ['example', 'example', 'example.com', 'example.org'])}".lower()


def website(rng: Rng) -> str:
    page = pick(rng, listed("tickets|events|register|book|box-office|programme"))
    return pick(rng, ["www.", "https://", ""]) + f"{coined(rng).lower()}.example/{page}"


def court(rng: Rng) -> str:
    return f"{city(rng)} {pick(rng, listed('County Court|District Court|Crown Court|Commercial Court|Employment Tribunal|Magistrates Court'))}"


def ship(rng: Rng) -> str:
    first, second = (
        listed("Northern|Silver|Amber|Baltic|Crimson|Pacific|Morning|Stella|Royal"),
        listed("Heron|Star|Pearl|Tern|Dawn|Trader|Spirit|Maid"),
    )
    return f"{pick(rng, ['MV ', 'MS ', 'MV ', ''])}{pick(rng, first)} {pick(rng, second)}"


def hotel(rng: Rng) -> str:
    return pick(
        rng,
        [
            f"Hotel {pick(rng, SURNAMES)}",
            f"{pick(rng, SURNAMES)} House",
            f"{city(rng)} Grand Hotel",
            f"Pension {pick(rng, GIVEN)}",
        ],
    )


def venue(rng: Rng) -> str:
    return f"{pick(rng, [city(rng), pick(rng, SURNAMES)])} {pick(rng, listed('Town Hall|Arena|Concert Hall|Exhibition Centre|Theatre|Pavilion|Library'))}"


def event(rng: Rng) -> str:
    topic = listed(
        "Jazz|Beekeeping|Cybersecurity|Wool|Robotics|Cheese|Nursing|Solar|Chess|Careers|Packaging|Poetry|Railway|Soil|Dental"
    )
    return f"{pick(rng, [city(rng), 'International', 'National', 'Nordic'])} {pick(rng, topic)} {pick(rng, listed('Festival|Summit|Congress|Fair|Forum|Week'))}"


def funder(rng: Rng) -> str:
    return f"{pick(rng, SURNAMES)} {pick(rng, listed('Foundation|Trust|Fund|Endowment|Research Council'))}"


def university(rng: Rng) -> str:
    return pick(
        rng,
        [
            f"{city(rng)} University",
            f"University of {city(rng)}",
            f"{city(rng)} General Hospital",
            f"{pick(rng, SURNAMES)} Institute",
        ],
    )


BUSINESS_MAKERS: dict[str, Callable[[Rng], str]] = {
    "name": name, "firm": firm, "city": city, "port": port, "address": address, "code": code, "account": account, "price": price,
    "sum": amount_of_money, "product": product, "drug": drug, "mail": mail, "website": website, "court": court, "ship": ship, "hotel": hotel,
    "venue": venue, "event": event, "funder": funder, "university": university,
    "day": lambda rng: calendar_day(rng, 2016, 2024), "later": lambda rng: calendar_day(rng, 2024, 2031),
    "morning": lambda rng: clock(rng, 6, 12), "evening": lambda rng: clock(rng, 13, 22),
    "year": lambda rng: str(rng.integers(1880, 2004)), "lately": lambda rng: str(rng.integers(2005, 2031)),
    "few": small(2, 13), "some": small(13, 61), "age": lambda rng: str(rng.integers(13, 30)), "old": lambda rng: str(rng.integers(45, 90)),
    "big": big, "period": period, "days": days, "hundreds": lambda rng: str(rng.integers(61, 999)),
    "many": lambda rng: pick(rng, [f"{rng.integers(1000, 99999):,}"] * 3 + [f"{rng.integers(1000, 9999)}", f"{rng.integers(1, 90) * 1000:,}"]),
    "seats": small(7, 16), "quorum": small(2, 7), "uptime": lambda rng: f"99.{rng.integers(1, 99)}" + pick(rng, ["%", " per cent", " percent"]),
    "hours": lambda rng: quantity(rng, [2, 3, 4, 5, 6, 8, 10, 12, 24, 36, 48, 72], ["hours", "hours", "minutes"]),
    "area": measured(20, 900, "square metres|sq m|m²|sq ft|square feet"), "land": measured(2, 80, "hectares|acres|ha"),
    "weight": measured(2, 900, "kg|tonnes|kilograms|lbs"), "length": measured(2, 90, "metres|m|feet"), "light": measured(2, 33, "kg|kilograms|lbs"), "dose": measured(2, 500, "mg|ml|micrograms"),
    "power": measured(2, 900, "kW|watts|W"), "cold": measured(2, 24, "°C|degrees Celsius"), "hot": measured(28, 70, "°C|degrees Celsius"),
    "flight": lambda rng: f"{letters(rng, 2)}{pick(rng, ['', ' '])}{rng.integers(100, 9999)}",
    "job": chosen("""laboratory technician|forklift driver|payroll clerk|nurse|warehouse supervisor|pastry cook|web developer|buyer|translator|welder
     |tax adviser|data analyst|receptionist|site foreman|marketing assistant|pharmacist|legal secretary|machinist|librarian|customer service agent"""),
    "goods": chosen("""steel pipes|frozen peas|office chairs|roof tiles|surgical gloves|wine glasses|bicycle frames|copper cables|oak planks|wool
     blankets|paper bags|solar panels|tractor tyres|ceramic mugs|LED lamps|brass valves|canvas tents|school desks|coffee beans|garden hoses"""),
    "disease": chosen("""chronic sinusitis|migraine|type 2 diabetes|psoriasis|asthma|gout|high blood pressure|knee arthritis|insomnia|anaemia
     |hay fever|a hairline fracture of the wrist|gallstones|glaucoma|shingles|sciatica|pneumonia|an overactive thyroid|tennis elbow|sleep apnoea"""),
    "effect": chosen("headache|nausea|a dry mouth|dizziness|tiredness|a skin rash|loss of appetite|joint pain|blurred vision|a sore throat|sweating"),
    "allergen": chosen("penicillin|latex|peanuts|iodine|aspirin|wasp stings|eggs|codeine|shellfish|grass pollen|nickel|sesame"),
    "purpose": chosen("""sending out the newsletter|preventing fraud|delivering orders|answering complaints|planning bus routes|checking the age of
     buyers|counting visitors|paying pensions|improving the search|choosing advertisements|booking appointments|issuing library cards"""),
    "deal": chosen("""the possible sale of the brewery|a joint bid for the tram network|the development of a folding bed|a merger of the two clinics
     |the testing of a new vaccine|the purchase of a vineyard|a film about the mine|the licensing of a battery design|a shared data centre"""),
    "collateral": chosen("""a mortgage on the mill|a charge over the stock of timber|a pledge of the shares in the brewery|the borrower's fishing
     boat|an assignment of the rents|a lien on the printing presses|the deposit account|a mortgage on the farmhouse|the fleet of lorries"""),
    "peril": chosen("""flood|theft by staff|frost|subsidence|war|earthquake|wear and tear|damage by pets|cyber attack|storm|burst pipes|riot|rust
     |vermin|faulty design|nuclear accident|landslip|power cuts"""),
    "misuse": chosen("""opening the housing|washing the motor with a hose|fitting filters of another make|using it in a salt mine|removing the serial
     number|running it without oil|charging it below freezing|letting an unlicensed workshop repair it|hiring it out|painting the vents"""),
    "misconduct": chosen("""leaving the gate unlocked overnight|sleeping in the crane cabin|sharing the password of the till|coming late eleven times
     |smoking beside the solvent store|copying the customer list|driving the van without a licence|shouting at a visitor|losing the keys of the safe"""),
    "offence": chosen("""dumping solvent in the river|selling horsemeat as beef|forging the seal of a notary|felling protected oaks|fixing the price of
     cement|running a taxi without a licence|hiding the results of a safety test|stealing lead from a church roof|keeping two sets of books"""),
    "fault": chosen("""the battery can overheat|the brake cable may snap|the lid comes loose|the paint contains lead|the plug is not earthed|a wheel can
     fall off|the alarm fails to sound|the glass may shatter|the software shows the wrong dose|the strap tears under load"""),
    "topic": chosen("""the migration of eels|cracks in concrete bridges|the memory of crows|salt-tolerant wheat|hearing loss in welders|peat fires|
     early Norse poetry|the sleep of shift workers|plastic in river mud|the recycling of wind turbine blades|loneliness in old age|bees in cities"""),
    "works": chosen("""a two-storey extension|a bicycle shed|the conversion of the barn|a roof terrace|a new dairy|the demolition of the chimney|a petrol
     station|twelve flats|a covered market|an underground garage|a footbridge|the enlargement of the school"""),
    "service": chosen("""the resurfacing of the ring road|school meals|the cleaning of the hospital|two ferries|street lighting|the digitisation of the land
     register|snow clearance|a new fire engine|the maintenance of the lifts|laboratory freezers|the collection of glass"""),
    "department": chosen("marketing|research|the canteen|logistics|the legal department|customer service|maintenance|export sales|the press office|IT"),
    "heating": chosen("a gas boiler|district heating|a ground source heat pump|a wood stove|oil|storage heaters|solar panels and a heat pump|pellets"),
    "prize": chosen("Golden Anvil|Export Prize|Green Harbour Award|Medal for Good Design|Best Employer Award|Silver Spoon|Innovation Cup|Craft Prize"),
}  # fmt: skip
# Wordings, then questions as "slot? question", as in `forms.KINDS`.
BUSINESS_KINDS: list[tuple[str, str]] = [
    # Employment contracts and letters from the personnel office
    ("The first {period} of the employment are a probationary period, after which the notice is {days}. | Probation: {period}. Notice thereafter: {days}. | For the first {period} both of us shall see whether the post suits you; only then does the longer notice of {days} apply. | {name} has been taken on trial for {period}.",
     "period? What is the probation period? | period? How long is the probationary period? | period? How long is the new employee on trial? | days? What notice applies after probation?"),
    ("Your salary is {sum} a year, with a bonus of up to {percent}. | Annual gross salary: {sum}; target bonus: {percent} | For this work the company pays you {sum} a year before tax and, if the targets are met, {percent} on top. | From now on you will earn {sum} a year instead of {sum2}.",
     "sum? What is the annual salary? | sum? How much is the salary? | sum? What does the employee earn in a year? | percent? What percentage is the bonus? | sum2? What was the old salary?"),
    ("The employee is entitled to {some} days of paid holiday a year, of which {few} may be carried over. | Annual leave: {some} days; carry-over: {few} days | You may stay away from work on full pay for {some} days each year, and take no more than {few} of them into the next.",
     "some? How many days of annual leave are there? | some? What is the holiday entitlement in days? | some? How many days off does the employee get? | few? How many days of leave may be carried over?"),
    ("The working week is {some} hours, from {morning} to {evening} each day. | Weekly hours: {some}. Start of work: {morning}. End of work: {evening}. | You are expected at your desk at {morning} and may go home at {evening}, which makes {some} hours a week.",
     "some? How many hours is the working week? | some? What are the weekly hours? | morning? When does work start in the morning? | evening? When does the working day end?"),
    ("{firm} employs {name} as {job} from {later}. | Employer: {firm}. Employee: {name}. Position: {job}. Start date: {later}. | {name} will join {firm} on {later} to work as {job}. | From {later} the post of {job} at {firm} is filled by {name}.",
     "name? Who is the employee? | name? What is the name of the employee? | firm? Who is the employer? | job? What is the position of the employee? | job? What will {name} work as? | later? What is the start date of the employment? | later? When does {name} start work?"),
    ("You report to {name}; in their absence {name2} signs your timesheets. | Line manager: {name}. Deputy: {name2}. | Your instructions will come from {name}, or from {name2} when the former is away. | {name} is your supervisor, and {name2} stands in.",
     "name? Who is the line manager? | name? What is the name of the supervisor? | name? To whom does the employee report? | name2? Who is the deputy of the line manager?"),
    ("For {period} after leaving, the employee may not work for a competitor within {some} miles of {city}. | Non-compete: {period}, radius {some} miles around {city} | Whoever leaves us shall let {period} pass before taking a post with a rival less than {some} miles from {city}.",
     "period? How long is the non-compete period? | period? For how long may a former employee not work for a competitor? | some? How many miles is the non-compete radius? | city? Around which city does the non-compete apply?"),
    ("Sick pay is paid in full for {days} and at {percent} after that. | Full sick pay: {days}. Thereafter: {percent} of salary. | If you fall ill, your wages go on unchanged for {days}; from then on you receive {percent} of them.",
     "days? How long is full sick pay paid? | days? What is the period of full sick pay? | percent? What percentage is the sick pay later on? | percent? What share of wages is paid after the full sick pay ends?"),
    ("This is a final written warning to {name} for {misconduct}. | Written warning. Employee: {name}. Reason: {misconduct}. | Dear {name}, we must tell you that {misconduct} will cost you your post if it happens once more.",
     "name? Who receives the warning? | name? What is the name of the employee who was warned? | misconduct? What is the reason for the warning? | misconduct? Why was {name} warned?"),
    ("Your post is redundant; your last working day is {later} and the severance pay is {sum}. | Last day of work: {later}. Severance payment: {sum}. | As your post is to go, we shall say goodbye on {later} and pay you {sum} for the loss. | {name} leaves us on {later} with {sum} in compensation, having asked for {sum2}.",
     "later? When is the last working day? | later? What is the last day of work? | sum? How much is the severance pay? | sum? What is the redundancy payment? | sum2? How much compensation was asked for?"),
    ("{name} will be on parental leave from {day} to {later}, with {name2} as replacement. | Parental leave: {name}, {day} to {later}. Cover: {name2}. | While {name} is at home with the baby, from {day} to {later}, the work falls to {name2}.",
     "day? When does the parental leave start? | later? When does the parental leave end? | name? Who is on parental leave? | name2? Who covers the parental leave of {name}? | name2? Who stands in for {name}?"),
    ("{name} has been promoted from {job2} to {job}. | Promotion: {name}. New position: {job}. Previous position: {job2}. | After years as {job2}, {name} now works as {job}. | We are glad to say that {name}, who came to us as {job2}, has been made {job}.",
     "job? What is the new position of {name}? | job? To what was {name} promoted? | job2? What was the previous position of {name}? | job2? What did {name} do before?"),
    # Leases and property
    ("{name} lets the premises to {name2}. | Landlord: {name}. Tenant: {name2}. | The house belongs to {name} and will be lived in by {name2}, who pays for it monthly. | {name2} rents the flat from {name}.",
     "name? Who is the landlord? | name? What is the name of the landlord? | name2? Who is the tenant? | name2? What is the name of the tenant? | name? To whom does the tenant pay rent?"),
    ("The monthly rent is {price}, plus a service charge of {price2}. | Rent: {price} per month. Service charge: {price2}. | For the use of the rooms {price} falls due on the first of each month, and another {price2} for lift, stairs and garden.",
     "price? What is the monthly rent? | price? How much is the rent? | price2? How much is the service charge? | price2? What is the service charge?"),
    ("The tenant pays a security deposit of {price}, returned within {days} of moving out. | Security deposit: {price}. Refund: within {days} of departure. | {price} is held back until the keys are returned and then paid out within {days}, less the cost of any damage.",
     "price? What is the security deposit? | price? How much is the deposit? | days? When is the deposit returned? | days? Within what time is the deposit refunded?"),
    ("The lease runs for {period} from {day}. | Lease term: {period}, commencing {day} | The rooms are handed over on {day} and may be kept for {period}. | {name} may use the shop for {period}, beginning on {day}, but the cellar for {period2} only.",
     "period? What is the lease term? | period? How long is the lease? | day? When does the lease start? | day? What is the commencement date of the lease? | period2? For how long may the cellar be used?"),
    ("The tenant has a break right after {period}, on {days}' warning. | Break option: after {period}, with {days} notice | Once {period} have passed, the lessee is free to walk away early if the owner is told {days} ahead.",
     "period? When can the tenant use the break option? | period? After what time may the tenant leave early? | days? What is the notice for the break option? | days? How far ahead must the owner be told of an early end?"),
    ("The leased premises are at {address}; rent is to be sent to {address2}. | Premises: {address}. Address for payments: {address2}. | What is let is the whole building at {address}, while letters and cheques go to {address2}.",
     "address? What is the address of the premises? | address? Where are the leased premises? | address2? Where must the rent be sent? | address2? What is the address for payments?"),
    ("The landlord can be reached at {mail} and the caretaker at {mail2}. | Landlord: {mail}. Caretaker: {mail2}. | Write to the owner at {mail}; for a dripping tap or a lost key try {mail2}, where the caretaker reads the mail.",
     "mail? What is the email address of the landlord? | mail? Where can tenants write to the landlord? | mail2? What is the email address of the caretaker?"),
    ("Repairs up to {price} are for the tenant; the landlord bears those above. | Minor repairs at the tenant's expense: up to {price} each, {price2} a year | Whoever lives there mends at their own cost whatever takes no more than {price}, with a ceiling of {price2} a year.",
     "price? Up to what sum does the tenant pay for repairs? | price? What is the limit for minor repairs by the tenant? | price2? What is the yearly ceiling for minor repairs?"),
    ("The asking price of the house is {sum}; it last sold for {sum2}. | Asking price: {sum} (last sold for {sum2}) | Bought in {year} for {sum2}, the cottage could now be yours for {sum}. | Offers in the region of {sum} are invited.",
     "sum? What is the asking price? | sum? How much is the house? | sum? What does the seller want for the property? | sum2? For how much was the property last sold?"),
    ("The flat has {area} of living space and a cellar of {area2}. | Floor area: {area}. Cellar: {area2}. | There are {area} to live in, besides {area2} of storage below ground. | With {area} under its roof the villa stands in grounds of {land}.",
     "area? What is the floor area? | area? How large is the living space? | area2? How big is the cellar? | land? What is the size of the plot? | land? How large are the grounds?"),
    ("The house has {few} bedrooms and {few2} bathrooms. | Bedrooms: {few}. Bathrooms: {few2}. | Upstairs there is somewhere to sleep in {few} of the rooms and somewhere to wash in {few2}. | With {few} bedrooms it is large enough for a family of {few2}.",
     "few? How many bedrooms are there? | few? What is the number of bedrooms? | few? How many rooms are there to sleep in?"),
    ("Built in {year} and renovated in {lately}, the villa is heated by {heating}. | Year of construction: {year}. Last renovation: {lately}. Heating: {heating}. | The walls went up in {year}; kitchen and wiring were done afresh in {lately}, and warmth comes from {heating}.",
     "year? In what year was the property built? | year? What is the year of construction? | lately? When was the property renovated? | heating? How is the property heated? | heating? What is the heating type?"),
    # Loans and banks
    ("{firm} lends {name} {sum} to buy the mill. | Lender: {firm}. Borrower: {name}. Principal: {sum}. | {name} has received {sum} from {firm} and undertakes to give it back with interest. | The loan from {firm} to {name} amounts to {sum}, not the {sum2} first applied for.",
     "firm? Who is the lender? | firm? What is the name of the lender? | name? Who is the borrower? | name? What is the name of the borrower? | sum? What is the loan amount? | sum? How much is the loan? | sum2? How much was first applied for?"),
    ("The loan bears interest at {percent}, rising to {percent2} in default. | Loan interest rate: {percent}. Default rate: {percent2}. | Each year the borrower pays {percent} of what is still owed, and {percent2} once an instalment has been missed.",
     "percent? What is the interest rate of the loan? | percent? What percentage is the loan interest? | percent2? What is the default interest rate? | percent2? What rate applies once the borrower has missed an instalment?"),
    ("The loan is repaid in {some} instalments of {price}, the last on {later}. | Number of instalments: {some}. Instalment: {price}. Maturity date: {later}. | The borrower gives back {price} at a time, {some} times over, and must owe nothing after {later}.",
     "some? In how many instalments is the loan repaid? | some? What is the number of instalments? | price? How much is each instalment? | price? What is the instalment amount? | later? What is the maturity date of the loan? | later? When must the loan be fully repaid?"),
    ("{name} guarantees the debt of {name2} up to {sum}. | Guarantor: {name}. Debtor: {name2}. Maximum: {sum}. | Should {name2} fail to pay, {name} will step in, though for no more than {sum}.",
     "name? What is the name of the guarantor? | name? Who is the guarantor? | name? Who pays if the debtor does not? | sum? What is the maximum of the guarantee? | sum? How much does the guarantor guarantee? | name2? Who is the debtor?"),
    ("The loan is secured by {collateral}. | Collateral: {collateral} | If the money is not repaid, the bank may satisfy itself from what it was promised: {collateral}. | As security the lender accepted {collateral}, having first asked for {collateral2}.",
     "collateral? What is the collateral? | collateral? How is the loan secured? | collateral? What security does the lender have? | collateral2? What did the lender first ask for as security?"),
    ("Early repayment costs {percent} of the sum repaid; the arrangement fee is {price}. | Prepayment fee: {percent}. Arrangement fee: {price}. | Whoever gives the money back before time loses {percent} of it to the bank, which has already kept {price} for setting things up.",
     "percent? What percentage is the prepayment fee? | percent? What is the charge for early repayment? | price? How much is the arrangement fee? | price? What is the arrangement fee?"),
    ("The account opened the month with {sum} and closed it with {sum2}. | Opening balance: {sum}. Closing balance: {sum2}. | At the start of the statement there was {sum} in the account; on the last line stands {sum2}.",
     "sum? What is the opening balance? | sum2? What is the closing balance? | sum2? How much is in the account at the end of the statement? | sum? How much is the opening balance?"),
    ("Account {account} is held by {name}. | Account holder: {name}. Account number: {account}. | The statement of {name} lists the movements on {account}. | Money for {name} reaches them through {account}.",
     "account? What is the account number? | name? Who is the account holder? | name? To whom does the account belong? | account? What is the number of the account of {name}?"),
    ("On {day} {price} was paid to {firm}, and {price2} was received from {firm2}. | {day} Debit {price} {firm}; credit {price2} {firm2} | {price} left the account for {firm} on {day}, the same day that {firm2} sent {price2}.",
     "price? How much was paid to {firm}? | firm? Who was the payee of the {price}? | price2? How much was received from {firm2}? | firm2? From whom did {price2} come? | day? When was the payment to {firm} made?"),
    ("The overdraft limit is {price} and costs {percent} a year. | Overdraft limit: {price}. Overdraft rate: {percent}. | You may go as far as {price} below zero, for which we charge {percent}. | The overdraft limit was raised from {price2} to {price}.",
     "price? What is the overdraft limit? | price? How far may the account be overdrawn? | percent? What is the overdraft rate? | price2? What was the old overdraft limit?"),
    # Licences and secrecy
    ("{firm} grants {firm2} a licence for {place}. | Licensor: {firm}. Licensee: {firm2}. Territory: {place}. | {firm2} may make and sell the design in {place}, but it remains the property of {firm}.",
     "firm? Who is the licensor? | firm? What is the name of the licensor? | firm2? Who is the licensee? | firm2? Who may use the licence? | place? What is the territory of the licence? | place? Where does the licence apply?"),
    ("The licensee pays a royalty of {percent} of net sales, at least {sum} a year. | Royalty: {percent}. Minimum royalty: {sum}. | Out of everything it sells the licensee hands over {percent}, and in a bad year {sum} all the same.",
     "percent? What is the royalty rate? | percent? What percentage is the royalty? | percent? What share of its sales does the licensee hand over? | sum? What is the minimum royalty? | sum? How much is the minimum royalty?"),
    ("The software may be used by {hundreds} named users; each further one costs {price}. | Licensed users: {hundreds}. Additional user: {price}. | No more than {hundreds} people may log in under this licence, though for {price} another can be added.",
     "hundreds? How many users are licensed? | hundreds? What is the maximum number of users? | hundreds? How many people may use the software? | price? What does an additional user cost? | price? How much is an additional user?"),
    ("Support answers urgent faults within {hours} and others within {hours2}. | Response time: {hours} (urgent), {hours2} (normal) | If nothing works any more, somebody will see to it no later than {hours} after your call; small matters may take {hours2}.",
     "hours? What is the response time for urgent faults? | hours? How quickly does support react to urgent faults? | hours2? What is the response time for normal faults?"),
    ("Availability is guaranteed at {uptime} a month; for less, {percent} of the fee is credited. | Guaranteed uptime: {uptime}. Service credit: {percent}. | The service must be up {uptime} of the time, or else the customer gets {percent} of the monthly charge back.",
     "uptime? What is the guaranteed uptime? | uptime? What percentage is the guaranteed availability? | percent? What is the service credit? | percent? What percentage of the fee is credited for poor availability?"),
    ("{firm} will disclose secrets to {firm2} to assess {deal}. | Disclosing party: {firm}. Receiving party: {firm2}. Purpose: {deal}. | With a view to {deal}, {firm} opens its books to {firm2}.",
     "firm? Who is the disclosing party? | firm2? Who is the receiving party? | firm2? Who receives the secrets? | deal? What is the purpose of the disclosure? | deal? What are the confidential talks about?"),
    ("All copies shall be returned or destroyed within {days} of a request; a breach costs {sum}. | Return of documents: within {days}. Contractual penalty: {sum}. | Asked for its papers back, the recipient has {days} to hand them over, and owes {sum} for every secret it lets slip.",
     "days? Within what time must documents be returned? | days? What is the deadline for returning copies? | sum? What is the penalty for a breach of secrecy? | sum? How much does a leaked secret cost?"),
    # Purchase orders and supply
    ("Purchase order {code} of {day}, your quotation {code2}. | PO number: {code}. PO date: {day}. Quotation reference: {code2}. | Please quote {code} on every delivery note for what we ordered on {day} on the strength of your offer {code2}.",
     "code? What is the purchase order number? | code? What is the PO number? | day? What is the date of the purchase order? | day? When was the order placed? | code2? What is the quotation reference?"),
    ("We order {many} {goods} at {price} each. | Item: {goods}. Quantity: {many}. Unit price: {price}. | Kindly send us {goods}, {many} in number, for which we shall pay {price} apiece. | We take {many} {goods} at {price} a piece rather than {many2}.",
     "many? What is the quantity ordered? | many? How many {goods} are ordered? | price? What is the unit price? | price? How much does one of the {goods} cost? | goods? What is ordered?"),
    ("The goods are to be delivered on {later} to {address}. | Delivery date: {later}. Delivery address: {address}. | The lorry should reach {address} on {later}. | Ordered on {day}, the goods must stand in our yard by {later}.",
     "later? When is the delivery date? | later? What is the delivery date? | later? When must the goods arrive? | address? What is the delivery address? | address? Where are the goods delivered?"),
    ("Defects must be notified within {days} of delivery, hidden ones within {days2} of discovery. | Notice of visible defects: {days}. Hidden defects: {days2}. | The buyer has {days} to look into the crates and complain, and {days2} if the flaw comes to light later.",
     "days? What is the inspection period? | days? How long does the buyer have to report visible defects? | days2? Within what time must hidden defects be notified?"),
    ("The minimum order is {hundreds} {goods}, and the lead time is {days}. | Minimum order quantity: {hundreds} {goods}. Lead time: {days}. | We do not send out fewer than {hundreds} {goods} at once, and it takes {days} from order to dispatch.",
     "hundreds? What is the minimum order quantity? | hundreds? How many {goods} must at least be ordered? | days? What is the lead time? | days? How long does it take until an order is dispatched?"),
    ("On orders above {sum} we grant a discount of {percent}. | Discount: {percent} on orders over {sum} | Whoever spends more than {sum} with us pays {percent} less. | We can let you have {percent} off the list price, though not the {percent2} you hoped for.",
     "percent? What percentage is the discount? | percent? How high is the discount? | percent? What is the discount rate? | sum? From what order value is there a discount? | percent2? What discount did the customer hope for?"),
    # Insurance
    ("The policy has a deductible of {price} per claim; the sum insured is {sum}. | Excess: {price}. Sum insured: {sum}. | You bear the first {price} of any loss yourself; we pay the rest, to a total of {sum}. | For claims under {price} we pay nothing, and for larger ones whatever lies above it, up to {sum}.",
     "price? What is the deductible? | price? How much is the deductible? | price? What is the excess? | sum? What is the sum insured? | sum? Up to what sum does the insurer pay?"),
    ("The premium is {price} a year under policy {code}. | Policy number: {code}. Annual premium: {price}. | To stay covered under {code}, {price} must be sent to us every year. | Your cover under {code} costs {price} this year, against {price2} last year.",
     "price? What is the insurance premium? | price? How much is the annual premium? | code? What is the policy number? | price2? What was the premium last year?"),
    ("{firm} insures {name}. | Insurer: {firm}. Policyholder: {name}. | The risk is carried by {firm}, and the policy was taken out by {name}. | {name} has cover with {firm}, having left {firm2}.",
     "firm? Who is the insurer? | firm? What is the name of the insurance company? | name? Who is the policyholder? | name? What is the name of the policyholder? | firm2? Who was the previous insurer?"),
    ("Cover begins on {day} and ends on {later}. | Period of insurance: {day} to {later} | We stand by you for anything that happens between {day} and {later}.",
     "day? When does the insurance cover begin? | day? What is the start date of the cover? | later? When does the insurance cover end? | later? What is the end date of the cover?"),
    ("Damage by {peril} is covered, damage by {peril2} is not. | Covered: {peril}. Excluded: {peril2}. | We pay where {peril} was the cause, but if it was {peril2} you must bear the loss alone.",
     "peril2? What is excluded from the insurance? | peril2? What does the policy not cover? | peril? What is covered by the policy? | peril? For what cause of damage does the insurer pay?"),
    ("A loss must be reported to {mail} within {days}. | Claims: {mail}, within {days} of the loss | Tell us what happened by writing to {mail}; after {days} we need no longer pay.",
     "days? Within what time must a claim be reported? | days? What is the deadline for reporting a loss? | mail? What is the email address for claims? | mail? Where is a loss reported?"),
    ("On the death of {name} the sum goes to {name2}. | Insured person: {name}. Beneficiary: {name2}. | {name2} will receive the money once {name} has died. | It is the life of {name} that is insured, and {name2} whom we shall pay.",
     "name2? Who is the beneficiary? | name2? What is the name of the beneficiary? | name? Who is the insured person? | name? Whose life is insured?"),
    # Shareholders and boards
    ("{name} holds {percent} of the shares and {name2} {percent2}. | Shareholders: {name} ({percent}), {name2} ({percent2}) | Of the company {percent} belongs to {name} and {percent2} to {name2}.",
     "percent? What percentage of the shares does {name} hold? | percent? How much of the company belongs to {name}? | percent2? What is the shareholding of {name2}? | name2? Who owns {percent2} of the company?"),
    ("The board has {seats} directors, and {quorum} of them form a quorum. | Number of directors: {seats}. Quorum: {quorum}. | There shall be {seats} seats at the table, and nothing may be decided unless {quorum} of them are taken.",
     "seats? How many directors does the board have? | seats? What is the number of directors? | quorum? What is the quorum? | quorum? How many directors must be present to decide?"),
    ("A shareholder who wishes to sell must first offer the shares to the others, who have {days} to accept. | Right of first refusal: {days} | Before shares go to a stranger, the fellow owners are given {days} to take them at the same price; the transfer itself must be complete within {days2}.",
     "days? How long is the right of first refusal? | days? How long do the other shareholders have to accept an offer of shares? | days2? Within what time must the transfer of shares be complete?"),
    ("Holders of {percent} may force the others to sell; no shares may be sold for {period}. | Drag-along threshold: {percent}. Lock-in: {period}. | If owners of {percent} want to sell the whole firm the rest must go along, but until {period} have passed everyone keeps what they have.",
     "percent? What is the drag-along threshold? | percent? What percentage of holders can force a sale? | period? What is the lock-in period? | period? For how long may no shares be sold?"),
    ("Present: {name} (in the chair). Apologies: {name2}. | The meeting was chaired by {name}; {name2} had sent apologies. | {name} opened the meeting and led it throughout, while {name2} could not come. | Chair: {name}. Absent: {name2}.",
     "name? Who chaired the meeting? | name? Who was in the chair? | name2? Who sent apologies? | name2? Who was absent from the meeting?"),
    ("The minutes were taken by {name}. | Minute taker: {name} | {name} wrote down what was said, and {name2} signed it as correct. | Minutes: {name}. Checked by: {name2}.",
     "name? Who took the minutes? | name? What is the name of the minute taker? | name2? Who checked the minutes?"),
    ("The meeting began at {morning} and closed at {evening}. | Meeting opened: {morning}. Meeting closed: {evening}. | Members sat down at {morning} and did not rise until {evening}.",
     "morning? At what time did the meeting begin? | morning? When was the meeting opened? | evening? At what time did the meeting end? | evening? When was the meeting closed?"),
    ("The motion was proposed by {name} and seconded by {name2}. | Proposer: {name}. Seconder: {name2}. | It was {name} who put the matter to the vote, with the support of {name2}.",
     "name? Who proposed the motion? | name? Who is the proposer? | name2? Who seconded the motion? | name2? Who is the seconder?"),
    ("RESOLVED: that the budget of {department} be raised from {sum2} to {sum}. | Budget of {department}: {sum} (previously {sum2}) | The Board agreed that {department} may spend {sum} next year, where so far it had {sum2}.",
     "sum? What is the budget of {department}? | sum? How much may {department} spend? | sum2? What was the previous budget of {department}?"),
    ("Action: {name} to report on {service} by {later}. | Owner: {name}. Task: report on {service}. Due: {later}. | {name} promised the members a paper on {service}, to be in their hands by {later}; {name2} will help.",
     "name? Who is the owner of the action on {service}? | name? Who has to report on {service}? | later? What is the due date of the report on {service}? | later? By when is the report on {service} needed?"),
    # Invoices and quotations
    ("Invoice {code} of {day}, customer number {code2}. | Invoice number: {code}. Invoice date: {day}. Customer number: {code2}. | We billed you on {day}; when paying, please state {code}, and in other matters your customer number {code2}.",
     "code? What is the invoice number? | day? What is the invoice date? | day? When was the invoice issued? | code2? What is the customer number?"),
    ("Net {price}, VAT {price2}, total to pay {sum}. | Net amount: {price}. VAT: {price2}. Invoice total: {sum}. | To the {price} for our work the tax office adds {price2}, so that {sum} is to be transferred.",
     "sum? What is the invoice total? | sum? How much is the total to pay? | sum? What amount must be transferred? | price2? How much is the VAT? | price? What is the net amount?"),
    ("Please pay to {account}, account name {firm}. | Payee: {firm}. Account: {account}. | The money should reach {firm} through {account}. | {firm} has changed banks: transfers now go to {account}, no longer to {account2}.",
     "account? To which account should the invoice be paid? | account? What are the bank details? | firm? Who is the payee of the invoice? | account2? What was the old account of {firm}?"),
    ("We charge {few} hours at {price} an hour and {price2} for travel. | Hours: {few}. Hourly rate: {price}. Travel costs: {price2}. | Our fitter was with you for {few} hours, each of which comes to {price}; for the drive we add {price2}.",
     "price? What is the hourly rate? | price? How much does an hour of work cost? | few? How many hours are charged? | price2? How much are the travel costs? | price2? What is charged for travel?"),
    ("Reminder: {price} is overdue since {day}; a reminder fee of {price2} is added. | Overdue amount: {price}. Due since: {day}. Reminder fee: {price2}. | We are still waiting for {price}, which you should have sent by {day}, and must now charge {price2} for this letter.",
     "price? What is the overdue amount? | price? How much is overdue? | day? Since when is the payment overdue? | price2? How much is the reminder fee?"),
    ("This quotation, dated {day}, is valid until {later}. | Quotation date: {day}. Valid until: {later}. | We stand by the prices we named on {day} as long as we hear from you no later than {later}.",
     "later? Until when is the quotation valid? | later? What is the expiry date of the quotation? | later? By when must the quotation be accepted? | day? What is the date of the quotation?"),
    ("We offer the {product} for {price}, plus {price2} for delivery. | Item: {product}. Quoted price: {price}. Delivery charge: {price2}. | The {product} could be yours for {price}, and for another {price2} we bring it to the door.",
     "price? What is the quoted price of the {product}? | price? How much is the {product}? | price2? How much is the delivery charge? | price2? What does delivery of the {product} cost?"),
    # Annual and quarterly reports
    ("Net income for the quarter was {big}, compared with {big2} a year ago. | Quarterly net profit: {big} (prior year: {big2}) | After all costs and taxes the three months left us {big}, where a year ago they had left {big2}.",
     "big? What was the net income for the quarter? | big? How much is the quarterly net profit? | big2? What was the net income of the prior-year quarter?"),
    ("Earnings per share were {price}; the book value was {price2} per share. | EPS: {price}. Book value per share: {price2}. | For every share we earned {price}, and each stands in our books at {price2}.",
     "price? What are the earnings per share? | price? How much was earned per share? | price2? What is the book value per share?"),
    ("Net debt fell from {big2} to {big}. | Net debt: {big} (previous year: {big2}) | Once our cash is set against our borrowings, {big} remains owed, down from {big2}.",
     "big? What is the net debt? | big? How much net debt is there? | big2? What was the net debt in the previous year?"),
    ("Capital expenditure was {big} and will be about {big2} next year. | Capex: {big}. Capex guidance: {big2}. | We put {big} into buildings and machines this year, and plan {big2} for the coming one.",
     "big? What was the capital expenditure? | big? How much was invested in buildings and machines? | big2? What is the guidance for capital expenditure? | big2? How much is to be invested next year?"),
    ("We run {hundreds} shops, having opened {few} and closed {few2}. | Shops at year end: {hundreds}. Openings: {few}. Closures: {few2}. | With {few} new branches and {few2} given up, customers now find us behind {hundreds} doors.",
     "hundreds? How many shops are there? | hundreds? What is the number of shops? | few? How many shops were opened? | few2? How many shops were closed?"),
    ("The order backlog stood at {big}, and new orders came to {big2}. | Order backlog: {big}. Order intake: {big2}. | Customers have asked for goods worth {big} that we have yet to make; {big2} of fresh business was signed in the quarter.",
     "big? What is the order backlog? | big? How large is the order backlog? | big2? What was the order intake? | big2? How much are the new orders?"),
    ("Our largest customer, {firm}, accounts for {percent} of sales, and {firm2} for {percent2}. | Largest customer: {firm} ({percent} of sales). Second: {firm2} ({percent2}). | No one buys more from us than {firm}, to whom {percent} of our goods go; {firm2} follows with {percent2}.",
     "firm? Who is the largest customer? | firm? What is the name of the largest customer? | percent? What share of sales does {firm} account for? | percent2? What percentage of sales goes to {firm2}? | firm2? Who is the second-largest customer?"),
    ("Emissions were cut by {percent} against {lately}, and {percent2} of our power is renewable. | Emissions reduction: {percent} (base year {lately}). Renewable electricity: {percent2}. | We blow {percent} less carbon into the air than in {lately}, and draw {percent2} of our current from wind and sun.",
     "percent? By what percentage were emissions reduced? | percent? What is the emissions reduction? | percent2? What percentage of electricity is renewable? | lately? What is the base year for emissions?"),
    ("There were {few} workplace accidents, after {some} the year before. | Accidents at work: {few} (previous year: {some}) | Only {few} colleagues were hurt on the job this time, where the last report counted {some}.",
     "few? How many accidents were there? | few? What is the number of workplace accidents? | few? How many people were hurt at work? | some? How many accidents were there the year before?"),
    ("The company bought back {many} shares for {big}. | Shares repurchased: {many}. Cost of repurchase: {big}. | {many} of our own shares were taken off the market, on which we spent {big} of the {big2} allowed.",
     "many? How many shares were repurchased? | many? What is the number of shares bought back? | big? How much was spent on the share buyback? | big? What was the cost of the repurchase?"),
    ("Goodwill was written down by {big} because {reason}. | Impairment of goodwill: {big}. Cause: {reason}. | As {reason}, what we once paid too much for the subsidiary had to come off the books, all {big} of it.",
     "big? What is the goodwill impairment? | big? How much goodwill was written down? | reason? Why was goodwill written down? | reason? What is the cause of the impairment?"),
    # Press releases
    ("{firm} is to acquire {firm2} for {big}; closing is expected on {later}. | Buyer: {firm}. Target: {firm2}. Purchase price: {big}. Expected closing: {later}. | For {big}, {firm2} will pass into the hands of {firm} on {later}, if the authorities agree.",
     "firm? Who is acquiring {firm2}? | firm2? Which company is being acquired? | firm2? What is the acquisition target? | big? What is the purchase price of {firm2}? | later? When is the closing of the acquisition? | later? When will {firm2} change hands?"),
    ("{firm} launches the {product} on {later} at {price}. | Product: {product}. Launch date: {later}. Retail price: {price}. | From {later} shops will sell the {product} of {firm} for {price}. | Those who wait until {later} can get the {product} for {price}; advance orders cost {price2}.",
     "later? What is the launch date of the {product}? | later? When does the {product} go on sale? | price? What is the retail price of the {product}? | price? How much will the {product} cost? | firm? Which company makes the {product}?"),
    ("{firm} will build a plant in {city} and create {hundreds} jobs by {lately}. | Site: {city}. New jobs: {hundreds}. Completion: {lately}. | In {city} {hundreds} people will find work when the factory of {firm} is ready in {lately}. | {firm} preferred {city} to {city2} for its new works.",
     "city? Where will the new plant be built? | city? What is the site of the new plant? | hundreds? How many jobs will be created? | hundreds? What is the number of new jobs? | lately? When will the plant be ready? | city2? Which site was rejected?"),
    ("Media enquiries: {name}, {phone}; investors: {name2}, {phone2} | Journalists may ring {name} on {phone}, and shareholders {name2} on {phone2}. | The press contact is {name} ({phone}). | For interviews call {phone} and ask for {name}.",
     "name? Who is the press contact? | name? What is the name of the contact for journalists? | phone? What is the phone number for media enquiries? | name2? Who is the contact for investors? | phone2? What is the phone number for investors?"),
    ("{firm} has won the {prize} for the {product}, ahead of {firm2}. | Winner of the {prize}: {firm}. Runner-up: {firm2}. | The jury of the {prize} found nothing better than what {firm} had made; {firm2} came second.",
     "firm? Who won the {prize}? | firm? Who is the winner of the {prize}? | prize? What is the name of the award? | prize? Which prize was won by {firm}? | firm2? Who is the runner-up?"),
    ("{firm} recalls {many} units of the {product} because {fault}. | Recall. Product: {product}. Units: {many}. Reason: {fault}. | Owners of the {product} are asked to bring it back, since {fault}; {many} were sold.",
     "product? Which product is recalled? | many? How many units are recalled? | many? What is the number of recalled units? | fault? What is the reason for the recall? | fault? What is wrong with the {product}?"),
    # Clinical trials and science
    ("Of {many} patients enrolled, {hundreds} completed the trial. | Enrolled: {many}. Completed: {hundreds}. | {many} people agreed to take part, and {hundreds} stayed to the end.",
     "many? How many patients were enrolled? | many? What is the number of participants? | hundreds? How many patients completed the trial? | many? How many people took part at the start?"),
    ("Patients took {dose} of {drug} daily for {period}; the others had a placebo. | Study drug: {drug}. Daily dose: {dose}. Duration of treatment: {period}. | Every morning one half of them swallowed {dose} of {drug}, and did so for {period}.",
     "drug? What is the study drug? | dose? What is the daily dose of {drug}? | dose? How much {drug} did the patients take? | period? How long was the treatment? | period? What is the duration of the treatment?"),
    ("Symptoms improved in {percent} of the {drug} group and {percent2} of the placebo group. | Response rate: {percent} ({drug}), {percent2} (placebo) | {percent} of those on {drug} felt better at the end, yet so did {percent2} of those given sugar pills.",
     "percent? What is the response rate for {drug}? | percent? What percentage of patients improved on {drug}? | percent2? What is the response rate for placebo? | percent2? How many of the placebo group improved?"),
    ("The most common side effect of {drug} was {effect} ({percent}), followed by {effect2} ({percent2}). | Adverse events of {drug}: {effect} {percent}, then {effect2} {percent2} | More than anything else it was {effect} that troubled those on {drug}, {percent} of them, while {effect2} was reported by {percent2}.",
     "effect? What is the most common side effect of {drug}? | percent? What percentage of patients had {effect}? | effect2? What was the second most common side effect? | percent2? How often did {effect2} occur?"),
    ("The trial, registered as {code} and sponsored by {firm}, tests {drug} against {disease}. | Registration number: {code}. Sponsor: {firm}. Drug: {drug}. Condition: {disease}. | {firm} pays for {code}, a study of whether {drug} helps people with {disease}.",
     "firm? Who is the sponsor of the trial? | firm? Who pays for the trial? | code? What is the registration number of the trial? | disease? What condition does the trial study? | disease? What is {drug} meant to treat?"),
    ("The principal investigator is {name} of {university}. | Principal investigator: {name}, {university}. Statistician: {name2}. | The study is in the hands of {name} at {university}, for whom {name2} does the sums.",
     "name? Who is the principal investigator? | name? What is the name of the principal investigator? | name? Who leads the study? | university? What is the institution of the principal investigator? | name2? Who is the statistician?"),
    ("Participants were aged {age} to {old} and were followed for {period}. | Age range: {age} to {old}. Follow-up: {period}. | Nobody younger than {age} or older than {old} was let in, and each was seen again until {period} had gone by.",
     "age? What was the minimum age of participants? | old? What was the maximum age of participants? | period? How long was the follow-up? | period? What is the follow-up period? | age|old? What is the age range of the participants?"),
    ("We took {hundreds} samples near {city} and {hundreds2} near {city2}. | Samples: {city} {hundreds}, {city2} {hundreds2} | From the ground around {city} came {hundreds} of our jars, and from {city2} another {hundreds2}.",
     "hundreds? How many samples were taken near {city}? | hundreds? What is the number of samples from {city}? | hundreds2? How many samples came from {city2}? | city2? Where were {hundreds2} samples taken?"),
    # Grants and tenders
    ("The {funder} has awarded {name} a grant of {sum} to study {topic}. | Funder: {funder}. Grant holder: {name}. Amount: {sum}. Topic: {topic}. | With {sum} from the {funder}, {name} will look into {topic}. | {name} had asked the {funder} for {sum2} and received {sum}.",
     "funder? Who is the funder? | funder? Who gave the grant? | name? Who is the grant holder? | name? Who received the grant? | sum? What is the grant amount? | sum? How much is the grant? | topic? What is the research topic? | sum2? How much money was requested from the {funder}?"),
    ("Applications close on {day}; decisions follow by {later}. | Application deadline: {day}. Notification of results: {later}. | Whatever reaches us after {day} will not be read. Applicants will hear from us by {later}. | Send your proposal in by {day}, and projects may start on {later2}.",
     "day? What is the application deadline? | day? When is the deadline for applications? | day? Until when can one apply? | later? When are the decisions announced? | later2? When may funded projects start?"),
    ("The grant covers {percent} of the costs, of which overheads may be {percent2}. | Funding rate: {percent}. Maximum overheads: {percent2}. | We pay {percent} of what the project costs and leave the rest to you; no more than {percent2} may go on rent and offices.",
     "percent? What is the funding rate? | percent? What percentage of the costs does the grant cover? | percent2? What is the maximum for overheads? | percent2? What percentage may overheads be?"),
    ("The project starts on {day} and its final report is due on {later}. | Project start: {day}. Final report due: {later}. | Work begins on {day}, and an account of all that was done must be with the funder on {later}.",
     "later? When is the final report due? | later? What is the due date of the final report? | day? What is the project start date? | day? When does the project start?"),
    ("Tenders for {service} must be received by {evening} on {later}. | Tender: {service}. Closing date: {later}, {evening}. | Offers for {service} that arrive after {evening} on {later} will be sent back unopened.",
     "later? What is the closing date of the tender? | later? When must tenders for {service} be received? | evening? At what time does the tender close? | service? What is the subject of the tender? | service? What is being put out to tender?"),
    ("The contracting authority is the city of {city}; the procedure bears the number {code}. | Contracting authority: city of {city}. Tender number: {code}. | It is {city} that invites the offers, and {code} must stand on each envelope.",
     "city? What is the contracting authority? | city? Which city invites tenders? | code? What is the tender number? | code? What is the reference of the tender?"),
    ("Price counts for {percent} of the score and quality for {percent2}. | Award criteria: price {percent}, quality {percent2} | How cheap an offer is decides {percent} of the marks, and how good it is {percent2}.",
     "percent? What is the weighting of price? | percent? What percentage of the score is price? | percent2? What is the weighting of quality? | percent2? How much does quality hundreds?"),
    ("Bidders shall lodge a bid bond of {sum}; the estimated value of the contract is {big}. | Bid bond: {sum}. Estimated contract value: {big}. | To take part one must leave {sum} with the cashier as a pledge; we reckon the whole job will cost {big}.",
     "sum? What is the bid bond? | sum? How much is the bid bond? | big? What is the estimated contract value? | big? How much is the contract thought to be worth?"),
    ("A site visit takes place on {day}, and questions may be asked until {later} at {mail}. | Site visit: {day}. Deadline for questions: {later}. Questions to: {mail}. | Bidders can walk over the ground on {day}; whatever they still wonder about should be put to {mail} by {later}.",
     "day? When is the site visit? | day? What is the date of the site visit? | later? What is the deadline for bidders' questions? | mail? Where should bidders send questions? | mail? What is the email address for tender questions?"),
    ("Of {few} bids received, that of {firm} was chosen at {big}. | Bids received: {few}. Winning bidder: {firm}. Award value: {big}. | {few} companies made an offer, and the job went to {firm} for {big}; {firm2} came second.",
     "firm? Who is the winning bidder? | firm? Which company was awarded the contract? | few? How many bids were received? | few? What is the number of bids? | big? What is the value of the winning bid? | firm2? Which bidder came second?"),
    # Shipping
    ("{ship} carries the cargo from {port} to {port2}. | Vessel: {ship}. Port of loading: {port}. Port of discharge: {port2}. | The crates go aboard {ship} in {port} and come ashore in {port2}.",
     "ship? What is the name of the vessel? | ship? Which ship carries the cargo? | port? What is the port of loading? | port2? What is the port of discharge? | port2? Where will the cargo be unloaded?"),
    ("The ship leaves on {day} and is expected on {later}. | ETD: {day}. ETA: {later}. | She casts off on {day} and, if the weather holds, ties up on {later}.",
     "later? What is the estimated time of arrival? | later? When is the ship expected to arrive? | day? When does the ship depart? | day? What is the departure date of the ship?"),
    ("{firm} sends the goods to {firm2}. | Shipper: {firm}. Consignee: {firm2}. | The boxes were packed by {firm} and may be handed to no one but {firm2}.",
     "firm? Who is the shipper? | firm? What is the name of the shipper? | firm2? Who is the consignee? | firm2? Who is to receive the cargo?"),
    ("The consignment weighs {weight} gross and {weight2} net. | Gross weight: {weight}. Net weight: {weight2}. | With pallets and wrapping the scales show {weight}; the goods by themselves come to {weight2}.",
     "weight? What is the gross weight? | weight? How much does the consignment weigh with packaging? | weight2? What is the net weight? | weight2? How much do the goods weigh without packaging?"),
    ("Container {code}, seal {code2}, kept at {cold}. | Container number: {code}. Seal number: {code2}. Storage temperature: {cold}. | The goods travel in {code}, closed with {code2}, and must never be warmer than {cold}.",
     "code? What is the container number? | code2? What is the seal number? | cold? What is the storage temperature? | cold? At what temperature must the cargo be kept?"),
    ("Storage at the terminal is free for {days}, then costs {price} a day. | Free time: {days}. Demurrage: {price} per day. | The box may stand on the quay for {days} at no charge; every day beyond that you owe {price}.",
     "days? What is the free time at the terminal? | days? How long may the container stay without charge? | price? What is the demurrage per day? | price? How much does each further day on the quay cost?"),
    # Courts
    ("{name} sues {firm} for {sum}. | Claimant: {name}. Defendant: {firm}. Amount in dispute: {sum}. | {name} wants {sum} from {firm} and has taken the matter to court. | The action was brought by {name} against {firm}; at stake is {sum}.",
     "name? Who is the claimant? | name? What is the name of the claimant? | name? Who has gone to court? | firm? Who is the defendant? | firm? Against whom is the action brought? | sum? What is the amount in dispute?"),
    ("The hearing in case {code} is on {later} at {morning} before {court}. | Case number: {code}. Hearing: {later}, {morning}. Court: {court}. | Both sides shall come before {court} on {later}, {morning}, in the matter {code}. | Adjourned on {day}, case {code} will be heard by {court} on {later}.",
     "later? What is the date of the hearing? | later? When is the hearing? | later? When must the parties appear? | court? Which court hears the case? | court? What is the name of the court? | code? What is the case number? | morning? At what time is the hearing?"),
    ("The case was heard by Judge {name}, with {name2} for the defence. | Judge: {name}. Counsel for the defence: {name2}. | {name} presided, and {name2} spoke for the accused.",
     "name? Who is the judge? | name? What is the name of the judge? | name? Who presided over the trial? | name2? Who was counsel for the defence? | name2? Who defended the accused?"),
    ("The court awarded {sum} in damages and {price} in costs. | Damages: {sum}. Costs: {price}. | The defendant must pay {sum} for the harm done and {price} towards the lawyers. | Of the {sum2} claimed the court allowed {sum}, with costs of {price}.",
     "sum? How much are the damages? | sum? What damages were awarded? | sum? What must the defendant pay for the harm? | price? How much are the costs of the proceedings? | sum2? How much was claimed in damages?"),
    ("An appeal may be lodged within {days} at {court}. | Time limit for appeal: {days}. Appeals to: {court}. | Whoever is unhappy with this judgment has {days} to take it to {court}, and {days2} to give reasons.",
     "days? What is the time limit for an appeal? | days? How long is the appeal period? | court? Where can an appeal be lodged? | court? Which court hears the appeal? | days2? Within what time must reasons for the appeal be given?"),
    ("{name} was convicted of {offence} and sentenced to {period}. | Convicted: {name}. Offence: {offence}. Sentence: {period} in prison. | For {offence}, {name} will spend {period} behind bars; the prosecutor had asked for {period2}.",
     "period? What is the sentence? | period? How long must {name} spend in prison? | offence? What is the offence? | offence? What was {name} convicted of? | name? Who was convicted? | period2? What sentence did the prosecutor ask for?"),
    # Privacy policies
    ("Account data is kept for {period} and log files for {days}. | Retention: account data {period}, log files {days} | We forget who you are {period} after you leave us; traces of your visits are wiped after {days}.",
     "period? What is the retention period for account data? | period? How long is account data kept? | days? How long are log files kept? | days? What is the retention period for log files?"),
    ("The controller is {firm}; its data protection officer is {name}, {mail}. | Controller: {firm}. Data protection officer: {name}, {mail}. | {firm} decides what happens to your data; {name} watches over it and reads what you write to {mail}.",
     "firm? Who is the data controller? | firm? Who is responsible for the personal data? | name? Who is the data protection officer? | name? What is the name of the data protection officer? | mail? What is the email address of the data protection officer?"),
    ("We use your address for {purpose}, never for {purpose2}. | Purpose of processing: {purpose}. Not used for: {purpose2}. | Your details help us with {purpose}; we do not allow anyone to turn them to {purpose2}.",
     "purpose? What is the purpose of the processing? | purpose? What is the personal data used for? | purpose2? What is the personal data never used for?"),
    ("The data is stored in {place} by {firm}. | Hosting provider: {firm}. Data location: {place}. | What you tell us lies on the machines of {firm} in {place}. | Since {lately} our servers have stood in {place}, where {firm} looks after them, and no longer in {place2}.",
     "place? Where is the data stored? | place? What is the data location? | firm? Who is the hosting provider? | firm? Which company stores the data? | place2? Where was the data stored before?"),
    ("The service is open to persons aged {age} or over; requests for access are answered within {days}. | Minimum age: {age}. Answer to access requests: {days}. | Nobody under {age} may sign up. Ask what we hold about you and we shall tell you in {days} at most.",
     "age? What is the minimum age of users? | age? How old must users be? | days? Within what time are access requests answered? | days? How long does it take to answer an access request?"),
    # Events and travel
    ("The {event} takes place on {later} at {venue}. | Event: {event}. Date: {later}. Venue: {venue}. | Come to {venue} on {later} for the {event}. | Last held at {venue2}, the {event} moves to {venue} this year.",
     "later? What is the date of the {event}? | later? When is the {event}? | venue? What is the venue of the {event}? | venue? Where is the {event} held? | venue2? Where was the {event} held last time?"),
    ("Tickets cost {price}, or {price2} for students, at {website}. | Ticket price: {price}. Reduced price: {price2}. Tickets: {website}. | To get in you pay {price}, unless you are a student, in which case {price2} is enough; book at {website}.",
     "price? What is the ticket price? | price? How much is a ticket? | price2? What is the reduced price for students? | price2? How much do students pay? | website? Where can tickets be bought? | website? What is the website for tickets?"),
    ("The keynote speaker is {name}; {name2} will moderate. | Keynote: {name}. Moderator: {name2}. | {name} gives the opening address, and {name2} leads us through the day. | It falls to {name} to speak first and longest, while {name2} keeps order.",
     "name? Who is the keynote speaker? | name? What is the name of the keynote speaker? | name? Who gives the main speech? | name2? Who is the moderator?"),
    ("Doors open at {morning} and the last talk ends at {evening}. | Doors: {morning}. End: {evening}. | You may come in from {morning} on, and we put out the lights at {evening}.",
     "morning? At what time do the doors open? | morning? When is admission? | evening? At what time does the event end? | evening? When is the event over?"),
    ("Please register by {later}; there is room for {hundreds} guests. | Registration deadline: {later}. Capacity: {hundreds}. | Names must be on our list by {later}, and after {hundreds} of them the list is closed. | Registration ends on {later}, and {hundreds} seats are there for {many} people who showed interest.",
     "later? What is the registration deadline? | later? Until when can guests register? | hundreds? What is the capacity of the event? | hundreds? How many guests can take part? | many? How many people showed interest?"),
    ("Flight {flight} leaves {city} at {morning} and lands in {city2} at {evening}. | {flight}: {city} {morning}, {city2} {evening} | You board {flight} in {city}, take off at {morning} and touch down in {city2} at {evening}.",
     "flight? What is the flight number? | morning? What is the departure time of the flight? | morning? When does the flight leave {city}? | evening? What is the arrival time of the flight? | evening? When does the plane land in {city2}? | city2? What is the destination of the flight?"),
    ("You stay at {hotel} for {few} nights from {later}. | Hotel: {hotel}. Nights: {few}. Check-in: {later}. | Your bed is made at {hotel} on {later} and on the nights after, {few} in all; {hotel2} was full.",
     "hotel? What is the name of the hotel? | hotel? Where do the travellers stay? | few? How many nights is the stay? | few? What is the number of nights? | later? What is the check-in date? | hotel2? Which hotel was full?"),
    ("Booking {code} for {name}; baggage allowance {light}. | Booking reference: {code}. Passenger: {name}. Baggage: {light}. | Give {code} at the desk. The seat is in the name of {name}, whose cases may weigh {light} in all.",
     "code? What is the booking reference? | name? Who is the passenger? | name? What is the name of the traveller? | light? What is the baggage allowance? | light? How heavy may the luggage be?"),
    ("Cancellation is free until {later}; afterwards {percent} of the price is kept. | Free cancellation until: {later}. Cancellation fee: {percent}. | Change your mind by {later} and you get everything back; later than that, {percent} stays with us.",
     "later? Until when is cancellation free? | later? What is the deadline for free cancellation? | percent? What percentage is the cancellation fee? | percent? How much is kept after a late cancellation?"),
    # Warranties and manuals
    ("The warranty on the {product} is {period}, on its battery {period2}. | Warranty period: {period} ({product}), {period2} (battery) | If your {product} breaks within {period} we mend it for nothing; the battery enjoys the same promise for {period2}.",
     "period? How long is the warranty period? | period? What is the warranty period of the {product}? | period? For how long is the {product} repaired free of charge? | period2? How long is the warranty on the battery?"),
    ("The guarantee is void after {misuse}. | Not covered by the guarantee: {misuse} | You lose every claim against us by {misuse}. | While cleaning is up to you, {misuse} puts an end to the guarantee.",
     "misuse? What makes the guarantee void? | misuse? How is the guarantee lost? | misuse? What is not covered by the guarantee?"),
    ("Clean the filter every {days} and replace it after {period}. | Filter cleaning: every {days}. Filter replacement: {period}. | Each time {days} have gone by, rinse the filter under the tap; once {period} old it belongs in the bin.",
     "days? How often must the filter be cleaned? | days? What is the cleaning interval of the filter? | period? When should the filter be replaced? | period? What is the life of the filter?"),
    ("The {product} draws {power} and weighs {light}. | Rated power: {power}. Weight: {light}. | Two people should lift the {product}, since the scales show {light}; it takes {power} from the mains.",
     "power? What is the rated power? | power? How much power does the device draw? | light? What is the weight of the device? | light? How heavy is the device?"),
    ("Charging takes {hours}; a full battery lasts {hours2}. | Charging time: {hours}. Battery life: {hours2}. | Leave it plugged in for {hours} and it will then run for {hours2} without a cable.",
     "hours? What is the charging time? | hours? How long does charging take? | hours2? What is the battery life? | hours2? How long does the battery last?"),
    ("Model {code}, serial number {code2}, service line {phone}. | Model: {code}. Serial number: {code2}. Helpline: {phone}. | On the plate beneath the device you find what it is, {code}, and which one it is, {code2}. If it sticks, ring {phone}.",
     "code? What is the model number? | code2? What is the serial number? | phone? What is the phone number of the helpline? | phone? Which number does one ring for service?"),
    ("Use the device between {cold} and {hot}. | Operating temperature: {cold} to {hot} | In a room colder than {cold} or hotter than {hot} it will switch itself off.",
     "cold? What is the minimum operating temperature? | hot? What is the maximum operating temperature? | cold|hot? What is the operating temperature range?"),
    ("To reset the {product}, hold the button for {few} seconds; the factory PIN is {code}. | Reset: press {few} seconds. Factory PIN: {code}. | When nothing helps, keep a finger on the button for {few} seconds and, when asked, type {code}.",
     "few? How many seconds must the button be held? | few? How long is the button pressed for a reset? | code? What is the factory PIN? | code? What must be typed after a reset?"),
    # Meetings and e-mails
    ("{name}: So it is {firm} and not {firm2}? {name2}: Yes, for {service} we take {firm}. | {name}: {firm2} were cheaper, but I want {firm} for {service}. Nobody against? Done. | {name}: For {service} we go with {firm}; {firm2} will be disappointed.",
     "firm? Which company was chosen for {service}? | firm? Who will carry out {service}? | firm2? Which company was not chosen for {service}?"),
    ("{name}: The launch slips from {day} to {later}, I am afraid. | {name}: We said {day} for the launch. {name2}: That is gone. Tell everyone {later}. | {name}: Launch: {later}, no longer {day}.",
     "later? What is the new launch date? | later? When is the launch now? | day? What was the original launch date?"),
    ("{name}: We are {price} over budget. {name2}: Of how much? {name}: Of {sum}. | {name}: Out of {sum} for the stand we have spent everything and {price} more. | {name}: Budget {sum}, overrun {price}. {name2}: That must not happen again.",
     "price? How much is the budget overrun? | price? By how much was the budget exceeded? | sum? How large was the budget that was exceeded?"),
    ("{name}: Who was it that complained? {name2}: {firm}. They say {fault}. | {name}: A letter of complaint came from {firm}; according to them {fault}. | {name}: We had trouble with {firm}, {name2}. {name2}: I know, {fault}.",
     "firm? Who complained? | firm? Which customer made the complaint? | fault? What is the complaint of {firm}? | fault? What was {firm} unhappy about?"),
    ("{name}: I liked {name2} best for the post of {job}. Shall we make an offer of {sum}? Agreed. | {name}: Then we hire {name2} as {job}, at {sum}. | {name}: The new {job} will be {name2}. We offer {sum}, and go up to {sum2} if we must.",
     "name2? Who will be hired as {job}? | name2? Who is the chosen candidate for {job}? | job? Which post is being filled? | sum? What salary is offered to {name2}? | sum2? What is the highest salary that may be offered?"),
    ("Dear all, our call has moved from {morning} to {evening} on {later}. | Rescheduled call: {later}, {evening} (was {morning}) | Hello, {morning} no longer works for me, so please dial in at {evening} on {later} instead. Regards, {name}",
     "evening? What is the new time of the call? | evening? At what time does the call take place? | later? What is the date of the call? | morning? What was the original time of the call?"),
    ("I am out of the office until {later}; please turn to {name}, {mail}. | Out of office until {later}. Stand-in: {name}, {mail}. | I shall not read this before {later}. If it cannot wait, {name} will help you at {mail}.",
     "later? Until when is the sender out of office? | later? When will the sender be back? | name? Who is the stand-in? | name? Who helps during the absence? | mail? What is the email address of the stand-in?"),
    ("Please send the signed forms to {mail}, copying {mail2}, by {later}. | Signed forms to: {mail}. Copy to: {mail2}. Deadline: {later}. | Could I have your signature on the forms by {later}? They belong in the inbox {mail}, and {mail2} would like to see them too.",
     "mail? Where should the signed forms be sent? | mail? What is the email address for the signed forms? | mail2? Who gets a copy of the signed forms? | later? By when must the signed forms be sent?"),
    ("We are sorry about order {code} and refund {price}; keep the voucher of {price2} as well. | Order number: {code}. Refund: {price}. Voucher: {price2}. | You will find {price} back on your card for the mishap with {code}, and {price2} to spend in our shop.",
     "price? How much is the refund? | price? What sum is refunded? | code? Which order is refunded? | code? What is the number of the refunded order? | price2? What is the voucher worth? | price2? How much is the voucher?"),
    # Medical letters
    ("{name} was diagnosed with {disease} by Dr {name2}. | Patient: {name}. Diagnosis: {disease}. Physician: Dr {name2}. | Thank you for sending me {name}, who, as the tests now show, has {disease}. Yours, Dr {name2} | {name} suffers from {disease}, although the first guess was {disease2}.",
     "name? Who is the patient? | name? What is the name of the patient? | disease? What is the diagnosis? | disease? What does {name} suffer from? | name2? Who is the physician? | disease2? What was first suspected?"),
    ("Medication: {drug} {dose} twice a day; {drug2} has been stopped. | Please continue {drug} at {dose} and give no more {drug2}. | I have put the patient on {dose} of {drug}, in place of {drug2}.",
     "drug? What medication was prescribed? | drug? Which medicine does the patient take now? | dose? What is the dose of the medication? | drug2? Which medicine was stopped?"),
    ("The operation was carried out on {day} by {name}; the patient stayed for {few} nights. | Date of surgery: {day}. Surgeon: {name}. Nights in hospital: {few}. | {name} operated on {day}, with {name2} assisting, and after {few} nights on the ward the patient went home.",
     "day? What is the date of the surgery? | day? When was the operation? | name? Who is the surgeon? | name? Who carried out the operation? | few? How many nights was the patient in hospital? | name2? Who assisted at the operation?"),
    ("The next appointment is on {later} at {morning} with {name}. | Follow-up appointment: {later}, {morning}, {name} | {name} would like to look at the knee again on {later}; please be in the waiting room at {morning}.",
     "later? When is the follow-up appointment? | later? What is the date of the next appointment? | morning? At what time is the appointment? | name? With whom is the appointment?"),
    ("The patient is allergic to {allergen} but tolerates {allergen2}. | Allergies: {allergen}. Tolerated: {allergen2}. | On no account may {allergen} come near this patient, whereas {allergen2} did no harm.",
     "allergen? What is the patient allergic to? | allergen? What allergies are there? | allergen? What must the patient avoid? | allergen2? What does the patient tolerate?"),
    # Building permits
    ("Permit {code} is granted to {name} for {works} at {address}. | Permit number: {code}. Applicant: {name}. Works: {works}. Site: {address}. | Under {code} {name} may go ahead with {works} at {address}.",
     "code? What is the permit number? | name? Who is the applicant? | name? To whom is the permit granted? | works? What works are permitted? | works? What may be built? | address? What is the address of the building site?"),
    ("The building may be {length} high and must stand {length2} from the boundary. | Maximum height: {length}. Distance to boundary: {length2}. | Nothing may rise above {length}, and between the wall and the neighbour's fence {length2} must be left free.",
     "length? What is the maximum height? | length? How high may the building be? | length2? What is the distance to the boundary? | length2? How far from the boundary must the building stand?"),
    ("Noisy work is allowed from {morning} to {evening} only. | Working hours on site: {morning} to {evening} | Before {morning} and after {evening} no hammer may be heard.",
     "morning? From what time is noisy work allowed? | evening? Until what time is noisy work allowed? | morning|evening? What are the permitted hours for noisy work?"),
    ("The permit lapses unless work begins within {period}; its fee is {price}. | Validity of permit: {period}. Permit fee: {price}. | Whoever has not broken ground when {period} have passed must apply again and pay the {price} once more.",
     "period? How long is the permit valid? | period? Within what time must work begin? | price? What is the permit fee? | price? How much is the fee for the permit?"),
    ("The plans were drawn by {name}; {firm} will build. | Architect: {name}. Building contractor: {firm}. Structural engineer: {name2}. | What {name} has put on paper {firm} will turn into stone, and {name2} has worked out the beams.",
     "name? Who is the architect? | name? What is the name of the architect? | firm? Who is the building contractor? | firm? Which company will build it? | name2? Who is the structural engineer?"),
]  # fmt: skip
