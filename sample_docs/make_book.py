#!/usr/bin/env python3
"""Write a long invented chronicle of a harbour town as plain text with pages (form feeds).

The prose is drawn from a grammar.  Each of FACTS is put into an ordinary paragraph at its share of the
length; the grammar knows none of their people and things, so that each fact stands in one place only. What
a person would say for short is right too (`short`); `indirect` asks without the words of the text.
The text runs from 1690 to 1890 whatever its length, and the years of the facts agree with their places.
Standard library only; the same arguments give the same text.
"""

import argparse
import json
import random
import re
import sys
import textwrap

FACTS = [
    {
        "share": 0.05,
        "question": "Who mended the lamp of the lighthouse?",
        "answer": "Isaura Penwhistle",
        "sentence": "The great lamp of the lighthouse, which had been dark since the storm, was repaired in the spring of 1700 by Isaura "
        "Penwhistle, a clockmaker's widow, who asked for nothing but the broken lenses.",
    },
    {
        "share": 0.25,
        "question": "What did the harbourmaster pay for the bell?",
        "answer": "one hundred and twelve guineas and a barrel of smoked eels",
        "short": "one hundred and twelve guineas",
        "sentence": "For the bell that still hangs above the customs shed Harbourmaster Obadiah Crake gave a founder at Lindholm one "
        "hundred and twelve guineas and a barrel of smoked eels.",
    },
    {
        "share": 0.50,
        "question": "How long did the Amaranth lie under Gallows Spit?",
        "indirect": "How long was the Amaranth kept in quarantine?",
        "answer": "forty-one days",
        "sentence": "When the Amaranth came in from Smyrna with fever aboard she was sent to lie under Gallows Spit, and forty-one days "
        "went by before anybody from her was suffered to set foot on land.",
    },
    {
        "share": 0.75,
        "question": "In what building was the first public library opened?",
        "answer": "the old salt office",
        "short": "salt office",
        "sentence": "That autumn the first public library was opened in the old salt office, with the 612 volumes that the surgeon "
        "Theodric Vane had left to whoever would dust them.",
    },
    {
        "share": 0.95,
        "question": "Why could the dry dock not be emptied?",
        "answer": "a drowned oak, three hundred years old, lay across its culvert",
        "short": "a drowned oak",
        "sentence": "It was Marguerite Dunleavy, an engineer on her honeymoon, who discovered why the dry dock would not empty: a drowned "
        "oak, three hundred years old, lay across its culvert.",
    },
]
WORDS_PER_TOKEN, FIRST_YEAR, LAST_YEAR, LINES_PER_PAGE, COLUMNS = 0.8, 1690, 1890, 45, 78

WOMEN = """Abigail Agnes Alison Annis Barbara Beatrix Bridget Cecily Charity Clemence Constance Damaris Dinah Dorcas Edith Eleanor Esther Faith Frances Grace
 Hannah Harriet Hester Honor Isabel Jane Joan Judith Keziah Lettice Lucy Lydia Mabel Margery Martha Mercy Mildred Nell Patience Philippa Phoebe
 Prudence Rachel Rebecca Rosamund Ruth Sarah Sibyl Susanna Tabitha Tamsin Thomasin Ursula Verity Winifred""".split()
MEN = """Abel Adam Ambrose Amos Andrew Asa Barnaby Bartholomew Caleb Christopher Cuthbert Daniel David Dunstan Edmund Elias Ephraim Ezra Francis Gabriel
 George Gideon Gilbert Giles Gregory Henry Hugh Humphrey Isaac Jabez Jacob James Jasper Jeremy Job John Jonas Joseph Josiah Lambert Laurence Luke
 Mark Matthew Miles Nathaniel Nicholas Oliver Peter Philip Piers Ralph Reuben Robert Roger Samuel Silas Simon Stephen Thomas Tobias Walter William""".split()
SURNAMES = [
    a + b
    for a in """Al Ash Bar Beck Black Brad Brock Cal Car Coll Cran Dray Ever Fair Fen Gar Grims Had Hal Hather Hol Ket Lang
 Lock Mar Mel Merri Nor Over Pol Quar Ral Rud Sel Shep Stan Tarn Thorn Tre Under Wal Whit Win Wood Yar""".split()
    for b in "bourne by combe cott den field gate ham ley low man more ridge sall ston ter thwaite wick worth".split()
]
LISTS = """trade: sailmaker|cooper|chandler|ropemaker|pilot|net-maker|baker|brewer|schoolteacher|carter|mason|joiner|smith|glazier|weaver|dyer|fishmonger|
 oyster-dredger|curate|notary|apothecary|midwife|ferryman|ballast-heaver|shipwright|caulker|block-maker|tallow merchant|wine merchant|coal factor|corn factor|
 fiddler|barber|saddler|tinsmith|printer|hatter|gravedigger|toll-keeper|pawnbroker|seedsman|farrier|cobbler|tailor|drover|tide-waiter ~ street: Cable Street|
 Herring Row|Pilot's Stairs|Tallow Lane|the Strand|Butter Cross|Cross Keys Yard|Hemp Walk|the North Mole|the South Mole|Fiddler's Green|Weir Street|
 Castle Ditch|the Shambles|Packet Wharf|Malthouse Steps|the Upper Town|Fish Strand|Widow's Row|Pump Court|the Ballast Bank|Limekiln Hill|Chapel Brow|
 Mariner's Rents|Coldharbour|the Ropewalk|Sandgate|Turnagain Alley|Half Moon Street|the Corn Market|Bethel Place|Cinder Path ~ inn: the Anchor and Hope|
 the Three Mackerel|the Jolly Caulker|the Blue Posts|the Ship in Irons|the Turk's Head|the Cormorant|the Old Capstan|the Packet|the Fortune of War|
 the Bird in Hand|the Dutch House|the Seven Stars|the Lugger|the King's Arms|the Hole in the Wall ~ town: Averley|Brantmouth|Cold Ferring|Danesworth|Eastry|
 Fulmar Head|Garrowby|Hythe St Mary|Ivelchester|Kelmouth|Long Sutton|Marram|Nether Poole|Orwick|Penmarsh|Ravenser|Scarness|Tollerby|Ulverhythe|Wenlow|
 Yaxmouth|the islands|the Baltic|Holland|the Bay of Biscay|Bergen|Lisbon|Riga ~ ship: Adventure|Blessing|Charlotte|Content|Dolphin|Endeavour|Fair Penitent|
 Friendship|Good Intent|Halcyon|Hopewell|Industry|John and Mary|Kittiwake|Laurel|Lively|Merchant's Delight|Nancy|Olive Branch|Perseverance|Petrel|Prosperous|
 Providence|Recovery|Sally|Speedwell|Swift|Three Brothers|Thetis|True Briton|Unity|Venture|Welcome|Young Tobias ~ cargo: deal planks|Norway iron|barley|coal|
 slates|raw hides|tallow|hemp|Spanish oranges|port wine|herrings in barrels|pipe clay|seed potatoes|wool|linen|tar|train oil|cheeses|paving stones|tobacco|
 millstones|tea|raisins|cork|window glass|sugar loaves|whale oil|pit props|feathers|indigo ~ thing: a copper kettle|a family Bible|a brass telescope|
 a feather bed|a pair of sea boots|a spade|a blue coat|a silver spoon|a keg of nails|a ladder|a looking-glass|a goose|a parrot|a coil of rope|a fiddle|
 a clock without hands|a side of bacon|a Dutch cheese|a wheelbarrow|a cradle|a box of candles|a chart of the shoals|a beehive|a cask of cider|a handcart|
 a mourning ring|a map of Tartary|a grindstone ~ number: two|three|four|five|six|seven|eight|nine|ten|eleven|thirteen|fifteen|seventeen|twenty|two dozen|
 thirty|fifty ~ sum: four shillings|nine shillings|eleven shillings and sixpence|two pounds|three pounds ten|five pounds|seven pounds|twelve pounds|
 eighteen pence|a crown|half a sovereign|twenty pounds|thirty-five pounds|sixty pounds|a penny a week ~ month: January|February|March|April|May|June|July|
 August|September|October|November|December ~ when: one morning in {month}|in the first week of {month}|towards the end of {month}|on a Sunday in {month}|
 that {season}|one night in {month}|on the eve of {feast}|the day after {feast}|before {feast}|a fortnight after {feast}|by the middle of {month}
 ~ season: spring|summer|autumn|winter ~ feast: Candlemas|Lady Day|Easter|Whitsun|Midsummer|Lammas|Michaelmas|All Souls|Martinmas|St Nicholas|Christmas|
 Twelfth Night|Plough Monday|Shrovetide|the regatta|the herring fair|the hiring fair|Rogation ~ weather: fog that could be leaned upon|
 a thin rain out of the east|three days of hard frost|a gale from the north-west|hail as large as musket balls|a heat that softened the pitch in the seams|
 a flat calm|snow to the window-sills|a spring tide|a dry wind off the downs|thunder without rain|a sea mist|a black frost|a swell from some storm far out|
 mild, dripping weather|a wind that took the slates|low cloud and drizzle|a sky as yellow as a bruise ~ fish: herring|mackerel|pilchards|sprats|cod|whiting|
 plaice|oysters|crabs|lobsters|mullet|shrimps|skate|hake|bass ~ beast: cat|dog|goat|cow|donkey|gander|pig|pony|jackdaw|ferret|ram|seal|heron|swarm of bees|
 mare|bullock ~ mood: much vexed|greatly pleased|neither glad nor sorry|too proud to complain|red in the face|as calm as a bishop|in tears|
 out of all patience|laughing in spite of {him}self|unconvinced|stubborn|ashamed|relieved|silent for once ~ body: the vestry|the guild of pilots|
 the turnpike trust|the magistrates|the fishermen's club|the burgesses|the town clerk's office ~ work: the sea wall|the fish market|the chapel roof|
 the weigh-house|the footbridge|the town pump|the sluice|the almshouses|the slipway|the market cross|the pound|the tide mill|the school stove|the watch-house|
 the churchyard wall|the signal mast ~ ill: an ague|a putrid throat|a broken collar-bone|the gout|a quinsy|a poisoned thumb|rheumatism|a cough|the toothache|
 melancholy ~ virtue: patience|thrift|memory|loudness|charity|obstinacy|cheerfulness|dry humour|strength of arm|love of cake|piety|credulity|plain speech
 ~ folk: old people|children|fishwives|bargemen|apprentices|strangers|neighbours|pilots|widows|carters|servant girls|sailors ~ say: said|declared|
 maintained|wrote to a cousin|told the curate|swore|let it be known|repeated to anyone who would listen
 ~ saying: a promise made at low water is forgotten at high|no debt was ever drowned|the sea keeps better accounts than {body}|
 a man who cannot mend a net should not curse the {fish}|bread is cheaper than lawyers|the wind pays nobody's rent|
 it is easier to launch a boat than an opinion|one honest {trade} was worth {number} cousins|what the tide brings the tide will ask after|
 a wet Easter never hurt the {fish}|you may know a town by its drains|God made the coast and {body} the rates"""
SCENES = """{When} {weather} [came down upon|settled over|kept everyone from] {street}, and [{A} could not go out to the {fish}|{A} and the other {folk} stood idle|{A}
 was shut up in {inn}] for {number} days.~{When} there was {weather}, [the worst|the like of which had not been seen] since the year that {A} lost {thing}.~The
 {season} brought {weather}, and with it [a scarcity of {fish}|a glut of {fish}|a high price for {cargo}], as {A}, {atrade}, had foretold.~{When} the {ship},
 {number} days out of {town} with {cargo}, [grounded|lay to|dragged her anchor|lost her topmast] in sight of {street2}, and {A}, {atrade}, was [the first
 aboard|the last to believe it|sent out to her].~The {ship} of {town} came in {when} with {cargo} and [a mutinous cook|a stowaway|{number} passengers who would
 not say why they had come], and {A}, {atrade}, was asked to interpret.~{When} {A}, {atrade}, bought a {share} share in the {ship}, then loading {cargo} for
 {town}.~{When} {A}, {atrade} of {street}, went to law with {B} over {thing}.~{A} and {B} quarrelled {when} about [the boundary of a yard|{thing}|who had first
 right to the {fish} landed at {street2}|a remark passed in {inn}].~A dispute about {cargo}, begun {when} in {inn}, set {A} against {B} and [half of|the whole
 of|the better part of] {street} against the other half.~{When} {A}, {atrade}, married {B} of {town}, and [{number} carts|a fiddler and {number} cousins|most
 of the {folk}] followed them from {street} to the church.~{When} the banns were read for {A} and {B}, to the [surprise|satisfaction|alarm] of {street}.~{When}
 {A}, {atrade}, was made free of the town, and {number} of the {folk} of {street} drank {his} health in {inn}.~{When} {body} resolved to
 [repair|rebuild|enlarge|whitewash|move] {work}, and gave the work to {A}, {atrade}, for {sum}.~It was {A} who {when} first noticed that {work}
 [leaned|leaked|stood on another man's ground|had been built without a door].~The [repair|opening|fall] of {work} {when} cost {body} more than {A}, {atrade},
 had foreseen.~{When} a {beast} belonging to {A}, {atrade}, got loose in {street} and [ate|broke|sat upon|carried off] {thing}.~There lived then in {street} a
 {beast} which, as {A} {said}, [could foretell {weather}|had once belonged to a captain from {town}|understood Dutch].~{A} came home from {town} {when} with a
 {beast}, for which {he} had given {sum} and {thing}.~{When} {A}, {atrade}, fell ill with {ill}, and {B} was sent for from {street2}.~{When} {number} of the
 {folk} of {street} were down with {ill}, and {A}, {atrade}, sat up with them.~{A} of {street} had suffered from {ill} since the {season}, and {when} put
 {himself} in the hands of {B}, {btrade}.~{When} {A}, [eldest child|apprentice|lodger] of a {trade}, ran away [to sea in the {ship}|to {town}|with a troop of
 players].~{A} left {street} {when} to seek a living in {town}, taking {thing} and {sum}.~A letter from {A}, written at {town} {when}, [was read aloud in
 {inn}|came to {street} by way of the {ship}|told of {cargo} at {sum} the hundredweight].~{When} {B} opened a [shop|school|dancing class|coffee room] in
 {street}, next to {inn}, and {A} {said} that it would not last until {feast}.~{A}, {atrade}, began {when} to sell {cargo} from a window in {street}.~The price
 of {fish} [doubled|fell by half|was the talk of {inn}] {when}, because [the fleet stayed in {town}|{weather} had spoiled the nets|{A} had bought up {cargo} to
 pack them in].~Nobody in {street} remembered {feast} of that year without speaking of {A}, {atrade}, and {thing}.~It is told of {A}, {atrade} in {street},
 that {he} once [rowed to {town}|sat all night in {inn}|kept {body} waiting an hour] for the sake of {thing}.~Of {A} the {folk} of {street} [remembered|
 envied|praised] chiefly {his} {virtue}."""
MIDDLES = """[The {folk} of {street}|{B}, {btrade},|{Body}] offered {sum}, which {a} [refused|took without a word|passed on to the {folk} of {street2}|lost the same
 evening in {inn}].~{a} {said} that {saying}.~{B}, who [had come from {town}|kept {thing} under the bed|was owed {sum}|held the lease of {work}], {said} that
 it was [no affair of {body}|a judgement|what one might expect of a {trade}].~For {number} weeks [nothing else was spoken of in {inn}|{a} did not set foot in
 {street2}|the {folk} took sides].~{he} was {mood}, for {he} had [promised {thing} to {b}|counted on the {fish}|put {sum} into {cargo}].~{Body} met {number}
 times and [decided nothing|sent for {b}|ordered that {work} be shut|voted {sum} for {cargo}].~Then [{weather}|the {ship} with {cargo}|a {beast}| a cousin from
 {town}] arrived and [the matter was forgotten|put an end to it|made everything worse|drew the {folk} away to {street2}].~{b} had [seen as much in
 {town}|warned {him} before {feast}|lent {him} {thing}], and [was not thanked|made sure that it was known in {inn}|never spoke of it again].~It was found
 afterwards that {thing} had [been in {inn} all the time|gone to {town} in the {ship}|been pledged for {sum}|belonged to {b}].~{a}'s [mother|sister|partner|
 lodger], a {trade}, [wept|laughed|sold {thing}|wrote to {body}] and [took ship for {town}|went on salting {fish}|paid {sum}].~The {folk}, who lived by {fish}
 and had little use for {cargo}, [looked on|shook their heads|laid wagers of {sum}|went home to {street2}].~There were {number} witnesses, all of whom had been
 in {inn} since noon, save one, a {trade} from {town}.~Part of the cargo, {cargo} for the most, was [carried up to {street2}|found in the cellar of {inn}|sold
 for {sum}], and the rest [spoiled|went to {town}|was given to the {folk}].~A {trade} from {town} [held the lantern|took notes|climbed upon {work}|brought
 {thing}] while {a} [argued| dug|waited for the tide|counted out {sum}].~[In those years|At that time|As yet] a {trade} could live on {sum} and his {fish}, and
 {thing} was [riches| reckoned a dowry|talked of in {town}].~{he} walked from {street} to {street2} in {weather}, with {thing} under {his} arm, [to beg {b}'s
 pardon|because {body} required it|to be at {inn} before the {folk}].~[Neither the {folk} nor {body}|Nobody in {street2}|Not even {b}] knew what a {trade} of
 {town} could want with {thing}, and {a} would not tell.~There was {weather} that night, and {number} of the {folk} [slept in {inn}|saw {b} cross {street2}
 with {thing}|heard a {beast} cry out on {work}].~{b} wrote to [{body}|a {trade} at {town}|the owners of the {ship}] asking for {sum}, and had for answer [a
 cask of {fish}|{thing}|a single sheet with nothing on it].~All that {season} {a} [rose before the {folk}|went without {fish}|worked at {work}], so as to have
 {sum} by {feast}.~The {ship} was to have carried {a} to {town}, but [sailed a day early|had been sold for {sum}|was full of {cargo}], and {he} [sat down on
 {work}|came home to {street2}|hired a cart].~It was the custom then that at {feast} the {folk} of {street2} should [give {thing} to|carry {fish} to|put
 questions to] the oldest {trade}, and {b} [held to it|would have none of it|forgot].~What {b} thought may be judged from {thing}, which [stood ever after in
 the window|was returned to {town}|went under the hammer for {sum}].~Two of the {folk} of {street2} came to blows over it {when}, and {a} [parted them|was
 fined {sum}|lost a tooth].~{a} asked for time until {feast}; {b} [gave {number} days|asked for {thing} as a pledge|laughed and {said} that {saying}].~A child
 of [five|six|seven|eight] saw it first and ran along {street2} crying out that {a} had [come home|drowned|sold {thing}|found {cargo} in the well].~{Cargo} had
 never been [landed|stored|burned] in {street2} before, and the {folk} came with {thing} to [look|help|carry some away].~By ill luck {b} was at {town} until
 {feast}, [buying {cargo}|nursing a {trade}|looking for the {ship}], and the letter lay at {inn}.~{a} could neither read nor write, but kept count of {cargo}
 with [beans|knots|chalk on {work}] and was never out by more than {sum}.~The curate preached upon it, taking {number} heads and an hour, while the {folk}
 [looked at {a}|slept|thought of {fish}]."""
ENDS = """In the end {b} [paid {sum}|gave way|moved to {town}|took {thing} instead], and by {feast} the two were [partners|strangers|seen together in {inn}].~The entry
 in the books of {body} says only: {sum}, for {thing}.~{a} lived {number} years longer in {street2} and was known there for {virtue}.~To this day the {folk} of
 {street} [call it {a}'s {season}|will not hear {town} named|tell it differently], and {inn} has {thing} on the wall.~Whether {a} had {thing} from {b} or from
 the {ship} [was never settled|depends on which of the {folk} is asked|is of no consequence now].~So ended the business of {thing}, which had cost {street}
 {sum} and {a} {his} {virtue}.~{he} went back to {his} trade before {feast}, {mood}, and [never again bought {cargo}|named a boat the {ship}|kept away from
 {inn}].~Of the {number} who had been present, {b} alone [kept {thing}|was thanked by {body}|went afterwards to {town}].~When {he} died they found {thing} and
 {sum} [behind the panelling|sewn into a coat|in a cask marked {cargo}].~{b} had the last word, as a {trade} will, and it was that {saying}.~By the next
 {feast} there was {weather} again and the {folk} of {street2} had [something else|{cargo}|the {ship}] to talk of.~Nothing came of it but {thing}, [given to
 {body}|still shown at {inn}|which {b} would not sell for {sum}].~{a} never saw {town}, but [called a {beast} after it|spoke of it every {feast}|left {sum} to
 its poor].~The {folk} made a song of it, with {number} verses, of which the one about {thing} [cannot be printed|is the oldest|has been lost]."""


def split(text, mark):
    return [" ".join(part.split()) for part in text.split(mark)]


class Writer:
    def __init__(self, seed):
        self.rng, self.seen = random.Random(seed), set()
        self.lists = {entry.split(":")[0]: split(entry.split(":")[1], "|") for entry in split(LISTS, "~")}
        self.scenes, self.middles, self.ends = (split(text, "~") for text in (SCENES, MIDDLES, ENDS))

    def person(self):
        woman, surname = self.rng.random() < 0.45, self.rng.choice(SURNAMES)
        return {
            "surname": surname,
            "full": self.rng.choice(WOMEN if woman else MEN) + " " + surname,
            "trade": self.rng.choice(self.lists["trade"]),
            "short": ("Mistress " if woman else self.rng.choice(["Master ", ""])) + surname,
            "he": ("she her her herself" if woman else "he his him himself").split(),
        }

    def fill(self, template, bound):
        def one(match):
            if match[2] is not None:
                return self.rng.choice(match[2].split("|")).strip()
            name = match[1]
            if name in bound:
                return bound[name]
            word = bound.get(name.lower()) or self.rng.choice(self.lists[name.lower()])
            return word[0].upper() + word[1:] if name[0].isupper() else word

        while True:
            text = re.sub(r"\{(\w+)\}|\[([^\[\]]*)\]", one, template)
            if text == template:
                return re.sub(r"\b([Aa]) (?=[aeiou])", r"\1n ", text[0].upper() + text[1:])
            template = text

    def paragraph(self, cast):
        rng, (a, b) = self.rng, self.rng.sample(cast, 2)
        bound = {
            "A": a["full"],
            "a": a["short"],
            "B": b["full"],
            "b": b["short"],
            "atrade": "a " + a["trade"],
            "btrade": "a " + b["trade"],
            "said": rng.choice(self.lists["say"]),
            "share": rng.choice(["sixteenth", "quarter", "third"]),
            **dict(zip(("he", "his", "him", "himself"), a["he"])),
        }
        bound["street"], bound["street2"] = rng.sample(self.lists["street"], 2)
        for name in ("inn", "ship", "thing", "cargo", "town", "body", "work", "folk"):  # one of each to a paragraph
            if name not in ("thing", "cargo") or rng.random() < 0.6:
                bound[name] = rng.choice(self.lists[name])
        plan = [rng.choice(self.scenes)] + rng.sample(self.middles, rng.randint(2, 5)) + [rng.choice(self.ends)]
        sentences, introduced = [], set()
        for template in plan:
            for person, full, short in ((a, "{A}", "{a}"), (b, "{B}", "{b}")):
                if full in template and person["full"] in introduced:  # a full name is given once
                    template = template.replace(full + ", " + full.lower()[:-1] + "trade},", short).replace(full, short)
                elif short in template and person["full"] not in introduced:
                    template = template.replace(short, full, 1)
            if "{he}" in template and a["full"] not in introduced and "{A}" not in template:
                template = template.replace("{he}", "{A}", 1)
            introduced |= {p["full"] for p, full in ((a, "{A}"), (b, "{B}")) if full in template}
            sentence, tries = self.fill(template, bound), 0
            while sentence in self.seen and tries < 20:  # no sentence twice in a book
                sentence, tries = self.fill(template, bound), tries + 1
            self.seen.add(sentence)
            sentences.append(sentence)
        return sentences

    def chapters(self, words):
        """Yields headings (str) and paragraphs (lists of sentences), with the facts in their places."""
        facts, written, number = sorted(FACTS, key=lambda fact: fact["share"]), 0, 0
        chapter_words = min(3200, max(600, words // 30))
        while written < words:
            number, start = number + 1, written
            year = FIRST_YEAR + int((LAST_YEAR - FIRST_YEAR) * written / words)
            yield f"Chapter {number}"
            yield [
                f"Of the year {year}, and of what was done in {self.rng.choice(self.lists['street'])} and elsewhere."
            ]
            cast = list({person["surname"]: person for person in (self.person() for _ in range(14))}.values())
            while written < min(words, start + chapter_words):
                sentences = self.paragraph(cast)
                if facts and written >= facts[0]["share"] * words:
                    sentences.insert(len(sentences) // 2, facts.pop(0)["sentence"])
                written += sum(len(sentence.split()) for sentence in sentences)
                yield sentences
        yield from ([fact["sentence"]] for fact in facts)  # only in a text too short to hold them apart


def book(tokens, seed):
    lines = ["THE SALTMARROW CHRONICLE", ""]
    for part in Writer(seed).chapters(int(tokens * WORDS_PER_TOKEN)):
        lines += ["", part] if isinstance(part, str) else textwrap.wrap(" ".join(part), COLUMNS)
        lines.append("")
    pages = [lines[i : i + LINES_PER_PAGE] for i in range(0, len(lines), LINES_PER_PAGE)]
    return "\n\f".join("\n".join(page) for page in pages) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tokens", type=int, default=165_000, help="approximate length in WordPiece tokens")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", help="file to write (standard output if absent)")
    parser.add_argument("--facts", action="store_true", help="print the planted facts as JSON lines and stop")
    options = parser.parse_args()
    if options.facts:
        print("\n".join(json.dumps(fact) for fact in FACTS))
        return
    with open(options.output or sys.stdout.fileno(), "w", encoding="utf-8", newline="\n") as file:
        file.write(book(options.tokens, options.seed))


if __name__ == "__main__":
    main()
