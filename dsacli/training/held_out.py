"""Templates for the extraction figures of `evaluate`: business-document facts in wording of their own.

They are never used in training, and were written by somebody who had not seen the training
templates (forms.py), so what `evaluate` measures on them is wording the reader has not met.

Each entry of FACTS holds some wordings of the same facts and the fields that ask for them; a
wording also holds values that no field asks for (a second date, another person). A slot is a
key of MAKERS, with a digit behind it where one wording needs several ("date", "date2"). Two
slots of one wording should get different values. Dates of `earlier` lie before those of `date`.
A field name stands for one fact only, so a text made of other entries does not answer it.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

import numpy

# (wordings, (field name, type, slot)...)
FACTS: list[tuple[tuple[str, ...], tuple[tuple[str, str, str], ...]]] = [
    # ---- employment contracts ----
    (
        (
            "{person} will take up the post on {date} in our {city} office, at a gross yearly salary of {pay}. The interview took place on {earlier}.",
            "Offer first made: {earlier}\nFirst working day: {date}\nGross yearly pay: {pay}\nSign-on bonus: {fee}\nBased in: {city}",
            "We are delighted that you are joining us, {person}. Your first day is {date}, you will be based in {city} rather than at headquarters in {city2}, and you will earn {pay} a year before tax, plus a one-off welcome payment of {fee}.",
        ),
        (("employment start date", "date", "date"), ("base salary", "money", "pay"), ("work location", "text", "city")),
    ),
    (
        (
            "An employee who wishes to leave must tell us in writing at least {notice} beforehand. For {term} after leaving, the employee may not work for any competitor.",
            "Trial period: {notice2}\nIf you decide to leave: {notice} in writing\nBar on joining a competitor: {term} after your last day",
            "Employment is on trial for {notice2}. After that, anybody who quits has to let the company know {notice} ahead, and must stay away from rival firms for {term} once gone.",
        ),
        (("resignation notice", "duration", "notice"), ("non-compete period", "duration", "term")),
    ),
    # ---- leases ----
    (
        (
            "The tenancy began on {earlier} and runs until {date}. The occupier pays {fee} on the first day of every calendar month, and {fee2} is held as surety against damage.",
            "Term: {earlier} to {date}\nPayable each month: {fee}\nHeld against damage: {fee2}\nParking space (per year): {fee3}",
            "Having moved in on {earlier}, the occupier must hand back the keys by {date}. Meanwhile {fee} falls due every month; the {fee2} paid up front will be returned if nothing is broken.",
        ),
        (
            ("monthly rent", "money", "fee"),
            ("security deposit", "money", "fee2"),
            ("lease expiry date", "date", "date"),
        ),
    ),
    (
        (
            "{company} lets {address} to {company2}. The caretaker of the building is {person}.",
            "Owner: {company}\nOccupier: {company2}\nUnit let: {address}\nCaretaker: {person}",
            "{company2} rents {address} from the owner of the building, {company}, and reports any defects to the caretaker, {person}.",
        ),
        (("landlord", "text", "company"), ("tenant", "text", "company2"), ("leased premises", "text", "address")),
    ),
    (
        (
            "At each yearly review the rent may go up by no more than {percent}. By writing to the owner {notice} ahead, the occupier may stay on for a further {term}.",
            "Yearly uplift: not above {percent}\nShare of building costs: {percent2}\nRight to stay on: {term}, if claimed {notice} before the end",
            "However fast prices rise, the rent climbs by {percent} at most. The occupier bears {percent2} of the building costs and, on asking {notice} ahead, can prolong the tenancy by {term}.",
        ),
        (("rent increase cap", "percent", "percent"), ("renewal option length", "duration", "term")),
    ),
    # ---- loan agreements ----
    (
        (
            "The bank shall lend {money} at a fixed rate of {percent} a year, and everything outstanding must be paid back by {date}. Its arrangement fee of {fee} was settled on {earlier}.",
            "FACILITY SUMMARY\nSigned: {earlier}\nSum advanced: {money}\nCost of borrowing: {percent} per annum, fixed\nFinal repayment: {date}\nArrangement fee: {fee}",
            "Under the facility signed on {earlier}, {money} is advanced in a single drawing at {percent} per annum. The debt falls due in full on {date}, and the bank charges {fee} for arranging it.",
        ),
        (
            ("loan principal", "money", "money"),
            ("loan interest rate", "percent", "percent"),
            ("loan maturity date", "date", "date"),
        ),
    ),
    (
        (
            "{company} draws on the credit line granted by {company2}, and {person} answers for the debt personally. Anything repaid ahead of schedule attracts a charge of {percent}.",
            "Lender: {company2}\nObligor: {company}\nPersonal surety: {person}\nCost of early redemption: {percent} of the sum redeemed",
            "{company2} has agreed to finance {company}. Should the money not be paid back, {person} will make good the shortfall out of private assets; paying it back early costs {percent} of the amount concerned.",
        ),
        (
            ("borrower", "text", "company"),
            ("loan guarantor", "text", "person"),
            ("prepayment penalty", "percent", "percent"),
        ),
    ),
    # ---- purchase orders ----
    (
        (
            "Please send us {number} pieces at {fee} apiece. This order goes to {company} and will be billed to {company2}.",
            "PURCHASE ORDER\nTo: {company}\nBill to: {company2}\nQty: {number}\nPrice each: {fee}\nCarriage: {fee2}",
            "{company2} has ordered {number} pumps from {company}, each costing {fee}. Carriage adds {fee2} to the bill.",
        ),
        (("units ordered", "number", "number"), ("unit price", "money", "fee"), ("supplier", "text", "company")),
    ),
    (
        (
            "The goods must reach our warehouse by {date}. On arrival the driver should ring {person} on {phone}; questions about payment go to {person2} on {phone2}.",
            "Ordered: {earlier}\nNeeded on site by: {date}\nGoods-in: {person}, tel. {phone}\nAccounts: {person2}, tel. {phone2}",
            "We placed this order on {earlier} and expect everything on our loading dock no later than {date}. The goods will be received by {person}, whose number is {phone}; {person2}, on {phone2}, deals with the paperwork.",
        ),
        (
            ("requested delivery date", "date", "date"),
            ("delivery contact", "text", "person"),
            ("delivery contact phone", "phone", "phone"),
        ),
    ),
    # ---- invoices ----
    (
        (
            "With freight of {fee} and all taxes, this bill comes to {money}. Kindly settle it by {date}; after that we add {percent} a month to whatever is still open.",
            "Issued ............... {earlier}\nFreight .............. {fee}\nInvoice total ........ {money}\nPay by ............... {date}\nOverdue balances ..... plus {percent} per month",
            "Our bill of {earlier} stands at {money}, freight of {fee} included. We look forward to your transfer by {date}. Sums not received in time grow by {percent} per month.",
        ),
        (
            ("invoice total", "money", "money"),
            ("invoice due date", "date", "date"),
            ("late payment charge", "percent", "percent"),
        ),
    ),
    (
        (
            "Pay within ten days and take {percent} off the net price; VAT is charged at {percent2}. If anything on this bill is unclear, write to {email}; for technical help, use {email2}.",
            "Prompt settlement: less {percent}\nVAT: {percent2}\nQuestions about this bill: {email}\nTechnical help: {email2}",
            "Customers who pay in the first week may deduct {percent}. The prices shown include VAT of {percent2}. Our accounts team explains bills at {email}, and new orders are taken at {email2}.",
        ),
        (
            ("early payment discount", "percent", "percent"),
            ("VAT rate", "percent", "percent2"),
            ("billing enquiries email", "email", "email"),
        ),
    ),
    # ---- insurance policies ----
    (
        (
            "{company} is insured with {company2} and pays {fee} a year for its cover. The first {fee2} of every loss is borne by the insured.",
            "Insured: {company}\nUnderwriter: {company2}\nYearly price of cover: {fee}\nExcess per claim: {fee2}\nBroker's commission: {fee3}",
            "{company2} has agreed to cover {company} at a cost of {fee} per year; a further {fee3} goes to the broker. Whenever something is lost, the customer bears the opening {fee2} itself.",
        ),
        (("policyholder", "text", "company"), ("annual premium", "money", "fee"), ("deductible", "money", "fee2")),
    ),
    (
        (
            "Cover is evidenced by policy {code}, in force since {earlier}. We will pay no more than {money} for any one event, and up to {fee} for legal costs.",
            "Policy No. {code}\nBroker's file {code2}\nMost we pay per occurrence: {money}\nLegal expenses: up to {fee}",
            "Whenever you write to us about this policy, quote {code}; the broker keeps its own file under {code2}. Our payout for any one event stops at {money}, while legal costs are met up to {fee}.",
        ),
        (("policy number", "text", "code"), ("coverage limit", "money", "money")),
    ),
    (
        (
            "If insured property is damaged, ring {phone} and do so within {notice} of finding out. To change your cover, call {phone2}.",
            "Something insured has been lost or damaged? Tell us on {phone}, day or night, within {notice}.\nChanges to your cover: {phone2}",
            "Insured events have to be reported to us within {notice} by calling {phone}; we will then appoint an adjuster within {notice2}. For anything else concerning your cover, dial {phone2}.",
        ),
        (("insurance claims hotline", "phone", "phone"), ("loss notification period", "duration", "notice")),
    ),
    # ---- annual reports ----
    (
        (
            "Sales for the year came to {money}, up {percent} on the year before, and orders in hand stood at {money2}. At the balance sheet date there were {number} people on the payroll.",
            "Turnover ................. {money} (up {percent})\nOrders in hand ........... {money2}\nStaff at year end ........ {number}",
            "Over the year the group sold goods and services worth {money}, an improvement of {percent}; its operating margin was {percent2}. It had a workforce of {number} when the year closed.",
        ),
        (
            ("annual revenue", "money", "money"),
            ("revenue growth", "percent", "percent"),
            ("number of employees", "number", "number"),
        ),
    ),
    (
        (
            "{company} examined the accounts and charged {fee} for doing so, plus {fee2} for tax advice. The dividend approved on {earlier} goes to holders who are on the register on {date}.",
            "Independent accountants: {company}\nFor examining the accounts: {fee}\nFor tax advice: {fee2}\nDividend approved: {earlier}\nEntitled: holders on the register on {date}",
            "Only those whose names are in the share register on {date} will get the dividend, which was approved on {earlier}. The annual accounts were checked by {company}. It received {fee} for this work and {fee2} for advice on tax.",
        ),
        (("auditor", "text", "company"), ("audit fee", "money", "fee"), ("dividend record date", "date", "date")),
    ),
    # ---- press releases ----
    (
        (
            "{company} has named {person} to lead the business. {person2}, who is stepping down from the top job, will be given {money} on leaving.",
            "After a long search, the directors of {company} have put {person} in charge. {person2} departs with a payoff of {money}; a share award worth {money2} lapses.",
            "Reporter: Who runs {company} now?\nSpokesperson: {person} does. {person2} has left us, with {money} for loss of office.",
        ),
        (("new chief executive", "text", "person"), ("severance payment", "money", "money")),
    ),
    (
        (
            "{company} is buying {company2} for {money} in cash, which is {percent} above the last closing price. The parties expect to complete on {date}.",
            "{company2} will become a wholly owned subsidiary of {company}, which is paying {money} for all the shares. The handover is planned for {date}, subject to clearance.",
            "Shareholders of {company2} have accepted an offer of {money} from {company}, which also takes on debts of {money2}. A first approach had been turned down on {earlier}. The shares should change hands on {date}.",
        ),
        (
            ("acquirer", "text", "company"),
            ("acquisition price", "money", "money"),
            ("deal closing date", "date", "date"),
        ),
    ),
    (
        (
            "Reporters may ring {person} on {phone}; analysts should turn to {person2} on {phone2}. Photographs and logos can be found at {url}.",
            "Media: {person}, {phone}\nInvestors: {person2}, {phone2}\nImages for editors: {url}",
            "Notes to editors: pictures may be downloaded from {url}. Interviews are arranged by {person}, who can be reached on {phone}; {person2} looks after shareholders on {phone2}.",
        ),
        (
            ("press contact", "text", "person"),
            ("press office phone", "phone", "phone"),
            ("press kit link", "url", "url"),
        ),
    ),
    # ---- board minutes ----
    (
        (
            "{person} presided and {person2} kept the record. The minutes of {earlier} were approved, and the directors agreed to come together again on {date}.",
            "In the chair: {person}\nTaking minutes: {person2}\nMinutes of {earlier}: approved\nNext sitting: {date}",
            "{person}: I call the board to order and will preside today. {person2} is taking the minutes. Those of {earlier} stand approved, and we shall sit again on {date}.",
        ),
        (("meeting chair", "text", "person"), ("next board meeting", "date", "date")),
    ),
    (
        (
            "At the suggestion of {person}, seconded by {person2}, the {count} directors in attendance voted to spend {money} on plant and equipment. The year before, the figure had been {money2}.",
            "Directors attending: {count}\nMoved by: {person}\nSeconded by: {person2}\nSpending on plant authorised: {money}\nPrior year: {money2}",
            "{person} moved, and {person2} seconded, that {money} be set aside for new machinery, against {money2} a year earlier. All {count} directors in the room were in favour.",
        ),
        (
            ("proposer of the motion", "text", "person"),
            ("approved capital budget", "money", "money"),
            ("directors present", "number", "count"),
        ),
    ),
    # ---- clinical-trial summaries ----
    (
        (
            "The study, paid for by {company}, took in {number} adults at {count} hospitals. They received the drug for {notice} and were then observed for {term}.",
            "Funder: {company}\nHospitals: {count}\nParticipants randomised: {number}\nTreatment: {notice}\nObservation after the last dose: {term}",
            "With money from {company}, doctors at {count} hospitals recruited {number} volunteers. Treatment went on for {notice}, and after it ended the doctors kept checking on everybody for {term}.",
        ),
        (
            ("patients enrolled", "number", "number"),
            ("trial sponsor", "text", "company"),
            ("follow-up period", "duration", "term"),
        ),
    ),
    (
        (
            "Symptoms eased in {percent} of those given the drug, against {percent2} on placebo. {person} led the research, and the registered protocol is at {url}.",
            "Responders, active arm: {percent}\nResponders, placebo arm: {percent2}\nLead researcher: {person}\nStatistician: {person2}\nRegistry entry: {url}",
            "Under the direction of {person}, with statistics by {person2}, the researchers saw {percent} of patients get better on the medicine and {percent2} on the dummy pill. The entry in the public register of studies can be read at {url}.",
        ),
        (
            ("treatment response rate", "percent", "percent"),
            ("principal investigator", "text", "person"),
            ("trial registration link", "url", "url"),
        ),
    ),
    # ---- grant awards ----
    (
        (
            "{institution} will receive {money} from the fund, spread over {term}, and has to find {money2} from other sources.",
            "Awardee: {institution}\nFrom the fund: {money}\nMatching funds: {money2}\nLength of project: {term}\nFirst report due: after {notice}",
            "We are pleased to support the team at {institution}. Our contribution of {money} pays for the work over {term}; partners are adding {money2} in kind.",
        ),
        (
            ("grant recipient", "text", "institution"),
            ("grant amount", "money", "money"),
            ("grant project duration", "duration", "term"),
        ),
    ),
    (
        (
            "Proposals for funding must be in by {date} and can only be sent through {url}. {person} looks after the scheme; technical faults should be reported to {email}.",
            "Call opened: {earlier}\nCall closes: {date}\nSubmit proposals at: {url}\nScheme manager: {person}\nTechnical faults: {email}",
            "The call for proposals has been open since {earlier} and shuts on {date}. Researchers upload their papers at {url}. {person} is in charge of the scheme, and {person2} makes the payments.",
        ),
        (
            ("grant application deadline", "date", "date"),
            ("grants portal", "url", "url"),
            ("programme officer", "text", "person"),
        ),
    ),
    # ---- shipping notices ----
    (
        (
            "The containers were put on board the {vessel} at {port} on {earlier} and should reach {port2} on {date}.",
            "Carried by: {vessel}\nFrom: {port}, sailed {earlier}\nTo: {port2}, ETA {date}",
            "Your cargo is on the {vessel}. She left {port} on {earlier} and is due in {port2} on {date}.",
        ),
        (
            ("vessel name", "text", "vessel"),
            ("port of loading", "text", "port"),
            ("vessel arrival date", "date", "date"),
        ),
    ),
    (
        (
            "A consignment of {number} cartons is on its way to {company}, carried by {company2}. Follow it online with the code {tracking}; the customs file is {code}.",
            "Ship to: {company}\nCarrier: {company2}\nCartons: {number}\nGross weight: {number2} kg\nTrack it with: {tracking}\nCustoms file: {code}",
            "{company2} has collected {number} boxes weighing {number2} kg, to be handed over to {company}. Type {tracking} into our website to see where they are. Customs has filed them under {code}.",
        ),
        (
            ("tracking number", "text", "tracking"),
            ("number of cartons", "number", "number"),
            ("consignee", "text", "company"),
        ),
    ),
    # ---- property listings ----
    (
        (
            "Offers around {money} are invited for this family house, which has {number} square feet of living space and {number2} square feet of garden. The council collects {fee} a year from the owner.",
            "Guide: {money}\nInterior: {number} sq ft\nGarden: {number2} sq ft\nCouncil tax (yearly): {fee}\nHeating (yearly): {fee2}",
            "Yours for {money}: a bright home with {number} square feet indoors and another {number2} square feet of lawn. Budget {fee} a year for the town's levy on homes, and {fee2} for heating.",
        ),
        (
            ("asking price", "money", "money"),
            ("floor area", "number", "number"),
            ("annual property tax", "money", "fee"),
        ),
    ),
    (
        (
            "Anybody may come and look round the house on {date}. For a private visit, call {person}, who is handling the sale, on {phone}; for a mortgage, ring {person2} on {phone2}.",
            "Advertised since: {earlier}\nDoors open to all: {date}\nSale handled by: {person}\nPrivate visits: {phone}\nMortgages: {person2}, {phone2}",
            "On the market since {earlier}, the flat can be seen without booking on {date}. {person} is selling it on behalf of the owners and arranges private visits on {phone}. {person2} advises on mortgages.",
        ),
        (
            ("open house date", "date", "date"),
            ("listing agent", "text", "person"),
            ("viewing appointments phone", "phone", "phone"),
        ),
    ),
    # ---- software licences ----
    (
        (
            "{company} may let up to {number} people run the program, for which it pays {money} a year. Each further person costs {fee}.",
            "Customer: {company}\nNamed seats: {number}\nYearly charge: {money}\nExtra seat: {fee}\nOne-off set-up: {fee2}",
            "The right to run the program is given to {company}, but not to its parent {company2}, and extends to {number} seats. The customer pays {money} every twelve months, and {fee} for each seat beyond those.",
        ),
        (
            ("licensee", "text", "company"),
            ("licensed users", "number", "number"),
            ("annual licence fee", "money", "money"),
        ),
    ),
    (
        (
            "We keep the service running {uptime} of the time, failing which {percent} of the monthly charge is refunded. Faults logged at {url} get a first answer within {hours}.",
            "Availability: {uptime} per calendar month\nCredit if missed: {percent} of charges\nFirst reply to a ticket: within {hours}\nLasting fix: within {notice}\nOpen a ticket: {url}",
            "Tickets opened at {url} are looked at by an engineer within {hours}, and a lasting fix follows within {notice}. Should the service be reachable for less than {uptime} of any month, {percent} of the charge is credited.",
        ),
        (
            ("uptime commitment", "percent", "uptime"),
            ("support response time", "duration", "hours"),
            ("support portal", "url", "url"),
        ),
    ),
    # ---- NDAs, general clauses ----
    (
        (
            "{company} intends to share trade secrets with {company2}, which must keep them to itself for {term}. All copies are to be destroyed within {notice} of a request.",
            "Discloser: {company}\nRecipient: {company2}\nSecrecy lasts: {term}\nPapers to be returned: within {notice} of a request",
            "For {term}, {company2} shall not reveal to anybody what it learns from {company}. Any papers go back within {notice} of being asked for.",
        ),
        (
            ("disclosing party", "text", "company"),
            ("receiving party", "text", "company2"),
            ("confidentiality term", "duration", "term"),
        ),
    ),
    (
        (
            "This contract is to be read under the law of {jurisdiction}, wherever it is performed. The parties will take their differences to arbitrators in {city}; formal notices are valid only if sent to {email}.",
            "Applicable law: {jurisdiction}\nTribunal sits in: {city}\nRegistered office: {city2}\nFormal notices to: {email}\nEveryday mail to: {email2}",
            "Although the goods are made in {city2}, the law of {jurisdiction} decides every question arising from this contract. Any quarrel will be heard by arbitrators in {city}. Formal notices must go to {email}, while everyday mail may be sent to {email2}.",
        ),
        (
            ("governing law", "text", "jurisdiction"),
            ("arbitration seat", "text", "city"),
            ("legal notices email", "email", "email"),
        ),
    ),
    # ---- court notices ----
    (
        (
            "{person} has sued {company} in papers lodged on {earlier}. Both sides must appear before the court on {date}.",
            "{person} v. {company}\nLodged: {earlier}\nListed for: {date}\nCourt clerk: {person2}",
            "TAKE NOTICE that the action which {person} started against {company} on {earlier} will come before the court on {date}. {person2} appears for the company.",
        ),
        (("plaintiff", "text", "person"), ("defendant", "text", "company"), ("hearing date", "date", "date")),
    ),
    (
        (
            "{person} found for the claimant and ordered the company to pay {money}, with costs of {fee}. The losing side has {notice} to appeal.",
            "Before: {person}\nTo be paid to the claimant: {money}\nCosts: {fee}\nTime to appeal: {notice}\nCounsel for the company: {person2}",
            "By the ruling of {person}, sitting alone, the company must make good the harm done with {money} and pay {fee} towards costs. Any appeal has to be lodged within {notice}. {person2} was counsel for the company.",
        ),
        (
            ("presiding judge", "text", "person"),
            ("damages awarded", "money", "money"),
            ("appeal window", "duration", "notice"),
        ),
    ),
    # ---- event announcements ----
    (
        (
            "{person} will give the opening address in {city}, and {person2} leads the closing debate. Seats cost {fee}, and the gala dinner is another {fee2}.",
            "Opening address: {person}\nClosing debate: {person2}\nHeld in: {city}\nTicket: {fee}\nGala dinner: {fee2}",
            "Join us in {city} for two days of talks. {person} opens the programme with the main lecture; {person2}, who is flying in from {city2}, leads the closing debate. You can secure a seat for {fee}; dinner with the speakers adds {fee2}.",
        ),
        (
            ("keynote speaker", "text", "person"),
            ("venue city", "text", "city"),
            ("registration fee", "money", "fee"),
        ),
    ),
    (
        (
            "Tickets are cheaper until {date}, while talks may be proposed until {date2}. The programme is at {url}; firms that wish to back the event should write to {email}.",
            "Reduced price ends: {date}\nTalk proposals close: {date2}\nProgramme and tickets: {url}\nBackers: {email}\nOther questions: {email2}",
            "Would you like your logo on the stage? Write to {email}; all other mail goes to {email2}. The conference is described at {url}, where lower prices apply to bookings made by {date}.",
        ),
        (
            ("early bird deadline", "date", "date"),
            ("event website", "url", "url"),
            ("sponsorship email", "email", "email"),
        ),
    ),
    # ---- warranties ----
    (
        (
            "We repair or replace a faulty device free of charge for {term} from purchase; its battery is protected for {notice}. If something breaks, send the receipt to {email}.",
            "Parts and labour: {term} from purchase\nBattery: {notice}\nReport faults to: {email}\nSpare parts: {email2}",
            "Should the device fail within {term} of purchase, write to {email} and we will put it right at no cost. For batteries the limit is {notice}. Spare parts can be ordered from {email2}.",
        ),
        (("warranty period", "duration", "term"), ("warranty claims email", "email", "email")),
    ),
    (
        (
            "The {product} was made by {company} and is repaired by {company2}. Protection beyond the standard period can be bought for {fee}.",
            "Model: {product}\nMade by: {company}\nRepaired by: {company2}\nAdded years of protection: {fee}\nCall-out charge: {fee2}",
            "You now own the {product}, built by {company}. {company2} carries out repairs at {fee2} per visit, and {fee} buys you protection beyond the standard period.",
        ),
        (
            ("covered product", "text", "product"),
            ("manufacturer", "text", "company"),
            ("extended warranty price", "money", "fee"),
        ),
    ),
]  # fmt: skip


# ---- words ----


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split(", "))


_FIRST = _split(
    "Amina, Bjorn, Carmen, Dmitri, Eleni, Farid, Gwen, Hiroshi, Ingrid, Jamal, Katarina, Leopold, Mireille, Nnamdi, "
    "Oksana, Pádraig, Quentin, Rosalind, Samira, Tomasz, Ulrike, Valentina, Wei, Ximena, Yusuf, Zuzana, Anand, "
    "Beatriz, Chidi, Delphine, Emre, Fiona, Giacomo, Hana, Ibrahim, Joanna, Kwame, Lucía, Mateo, Noor"
)
_LAST = _split(
    "Adeyemi, Bergström, Castellanos, Dlamini, Eriksen, Fitzgerald, Grabowski, Hashimoto, Ivanova, Jankowski, Kapoor, "
    "Lindqvist, Marchetti, Nakamura, O'Sullivan, Papadakis, Quiroga, Rasmussen, Szabo, Tanaka, Uzun, Villanueva, "
    "Whitcombe, Xenakis, Yilmaz, Zielinski, Abernathy, Boateng, Chaudhry, Delacroix, El-Amin, Fontaine, Goldberg, "
    "Horvat, Iyer, Johansen, Kowalczyk, Lefebvre, Mbeki, Novotny"
)
_FIRM = _split(
    "Alderbrook, Brantwick, Corvell, Dunmere, Elmsford, Fenwright, Galvarra, Hollisten, Ironvale, Jorvane, Kestrelby, "
    "Lumaris, Mossgate, Northquay, Orvantis, Pellworth, Quillane, Ravensleigh, Stellmark, Thornbury, Umberfield, "
    "Vantora, Westerlund, Yarrowdale, Zephyrine"
)
_TRADE = _split(
    "Logistics, Analytics, Foods, Energy, Textiles, Marine, Systems, Robotics, Packaging, Biotech, Ceramics, Paper, "
    "Instruments, Aviation, & Sons, Partners"
)
_LEGAL = ("Ltd", "Inc", "GmbH", "plc", "LLC", "AG", "BV", "Group", "Holdings", "SA")
_CITIES = _split(
    "Lisbon, Toronto, Nairobi, Osaka, Gothenburg, Chicago, Edinburgh, Melbourne, Rotterdam, Cape Town, Warsaw, Buenos "
    "Aires, Dublin, Mumbai, Seattle, Lyon, Vienna, Kuala Lumpur, Atlanta, Zagreb, Montreal, Leeds, Santiago, "
    "Helsinki, Tallinn, Denver"
)
_PORTS = _split(
    "Antwerp, Busan, Santos, Felixstowe, Durban, Valparaíso, Gdansk, Savannah, Piraeus, Yokohama, Tangier, Mombasa, "
    "Halifax, Colombo, Le Havre, Fremantle"
)
_LAWS = _split(
    "England and Wales, Delaware, Singapore, Ontario, Switzerland, New South Wales, Ireland, Scotland, Luxembourg, "
    "California, Denmark, Texas, British Columbia, New Zealand, Austria, Hong Kong"
)
_PLACES = _split(
    "Ashcombe, Brindley, Calderhill, Drumlin, Eastmarsh, Fallowdale, Greyport, Hartsmere, Kilbrannan, Westmere"
)
_SCHOOLS = _split(
    "{} University, {} College, {} Polytechnic, {} General Hospital, {} Institute of Technology, {} City Museum"
)
_STREETS = _split("Street, Avenue, Lane, Road, Quay, Square")
_SHIPS = _split("Heron, Horizon, Meridian, Pioneer, Tern, Voyager, Lodestar, Albatross")
_GOODS = _split("heat pump, dishwasher, laser printer, air compressor, water softener, cargo bike, projector")
_MONTHS = _split("January, February, March, April, May, June, July, August, September, October, November, December")
_WORDS = _split("zero, one, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, thirteen, fourteen")
_WORDS_LATER = {18: "eighteen", 24: "twenty-four", 30: "thirty", 36: "thirty-six", 60: "sixty", 90: "ninety"}
_ENDINGS = ("com", "org", "net", "io", "co.uk", "de")


def _pick(rng: numpy.random.Generator, items: Sequence[str]) -> str:
    return items[int(rng.integers(len(items)))]


def _between(rng: numpy.random.Generator, low: int, high: int) -> int:
    """A whole number; both ends may come."""
    return int(rng.integers(low, high + 1))


def _digits(rng: numpy.random.Generator, count: int) -> str:
    return "".join(str(_between(rng, 0, 9)) for _ in range(count))


# ---- names ----


def _person(rng: numpy.random.Generator) -> str:
    middle = f"{_pick(rng, 'ABCDEGHJKLMNPRST')}. " if rng.random() < 0.1 else ""
    return f"{_pick(rng, _FIRST)} {middle}{_pick(rng, _LAST)}"


def _company(rng: numpy.random.Generator) -> str:
    trade = f" {_pick(rng, _TRADE)}" if rng.random() < 0.75 else ""
    return f"{_pick(rng, _FIRM)}{trade} {_pick(rng, _LEGAL)}"


def _city(rng: numpy.random.Generator) -> str:
    return _pick(rng, _CITIES)


def _port(rng: numpy.random.Generator) -> str:
    return _pick(rng, _PORTS)


def _jurisdiction(rng: numpy.random.Generator) -> str:
    return _pick(rng, _LAWS)


def _institution(rng: numpy.random.Generator) -> str:
    return _pick(rng, _SCHOOLS).format(_pick(rng, _PLACES))


def _address(rng: numpy.random.Generator) -> str:
    street = f"{_between(rng, 2, 240)} {_pick(rng, _PLACES)} {_pick(rng, _STREETS)}"
    form = _between(rng, 0, 2)
    if form == 0:
        return street
    return f"{street}, Suite {_between(rng, 2, 40)}" if form == 1 else f"Unit {_between(rng, 2, 40)}, {street}"


def _vessel(rng: numpy.random.Generator) -> str:
    return f"MV {_pick(rng, _PLACES)} {_pick(rng, _SHIPS)}"


def _product(rng: numpy.random.Generator) -> str:
    return f"{_pick(rng, _FIRM)} {_pick(rng, 'ADHKLRSVX')}{_between(rng, 10, 980)} {_pick(rng, _GOODS)}"


def _code(rng: numpy.random.Generator) -> str:
    letters = _pick(rng, "ABCDEFGHKLMNPRSTW") + _pick(rng, "ABCDEFGHKLMNPRSTW")
    form = _between(rng, 0, 2)
    if form == 0:
        return f"{letters}-{_digits(rng, 5)}-{_digits(rng, 2)}"
    return f"{letters}/{_digits(rng, 4)}/{_pick(rng, 'ABCDE')}" if form == 1 else f"{letters}{_digits(rng, 7)}"


def _tracking(rng: numpy.random.Generator) -> str:
    letters = _pick(rng, ("ZD", "KX", "JV", "RQ"))
    if rng.random() < 0.5:
        return f"{letters} {_digits(rng, 4)} {_digits(rng, 4)} {_digits(rng, 1)}"
    return f"1{letters}{_digits(rng, 9)}"


# ---- typed values ----


def _day(rng: numpy.random.Generator, first: date, days: int) -> str:
    day = first + timedelta(days=_between(rng, 0, days))
    month = _MONTHS[day.month - 1]
    form = _between(rng, 0, 9)
    if form < 4:
        return f"{day.day} {month} {day.year}"
    if form < 7:
        return f"{month} {day.day}, {day.year}"
    return day.isoformat() if form < 9 else f"{day.day} {month[:3]} {day.year}"


def _date(rng: numpy.random.Generator) -> str:
    return _day(rng, date(2026, 1, 1), 1000)


def _earlier(rng: numpy.random.Generator) -> str:
    return _day(rng, date(2024, 1, 1), 700)


def _currency(rng: numpy.random.Generator) -> str:
    return _pick(rng, ("$", "$", "$", "£", "£", "€", "€", "EUR ", "USD ", "CHF ", "GBP ", "CAD "))


def _money(rng: numpy.random.Generator) -> str:
    """A large sum."""
    if rng.random() < 0.35:
        return f"{_currency(rng)}{_between(rng, 11, 890) / 10:.1f} million".replace(".0 ", " ")
    return f"{_currency(rng)}{_between(rng, 3, 400) * _between(rng, 20, 24) * 500:,}"


def _pay(rng: numpy.random.Generator) -> str:
    """What somebody earns in a year."""
    return f"{_currency(rng)}{_between(rng, 76, 380) * 500:,}"


def _fee(rng: numpy.random.Generator) -> str:
    """A small sum."""
    form = _between(rng, 0, 3)
    if form == 0:
        return f"{_currency(rng)}{_between(rng, 9, 199) * 5}"
    if form == 1:
        return f"{_currency(rng)}{_between(rng, 110, 2400):,}.{_pick(rng, ('50', '95', '25', '80'))}"
    sum_of_tens = _between(rng, 100, 990) * 10
    return f"{sum_of_tens:,} euros" if form == 2 and rng.random() < 0.3 else f"{_currency(rng)}{sum_of_tens:,}"


def _percent(rng: numpy.random.Generator) -> str:
    quarters = _between(rng, 5, 116)
    digits = f"{quarters / 4:.2f}".rstrip("0").rstrip(".")
    return f"{digits}{_pick(rng, ('%', '%', '%', ' per cent', ' percent'))}"


def _uptime(rng: numpy.random.Generator) -> str:
    return f"{_pick(rng, ('98', '98.5', '99', '99.5', '99.8', '99.9', '99.95'))}{_pick(rng, ('%', '%', ' per cent'))}"


def _number(rng: numpy.random.Generator) -> str:
    return f"{_between(rng, 240, 9800):,}"


def _count(rng: numpy.random.Generator) -> str:
    """A small number."""
    number = _between(rng, 4, 14)
    return _WORDS[number] if rng.random() < 0.5 else str(number)


def _span(rng: numpy.random.Generator, *choices: tuple[int, str]) -> str:
    number, unit = choices[int(rng.integers(len(choices)))]
    word = _WORDS[number] if number < len(_WORDS) else _WORDS_LATER.get(number)
    form = _between(rng, 0, 4)
    if word is None or form < 2:
        return f"{number} {unit}"
    return f"{word} {unit}" if form < 4 else f"{word} ({number}) {unit}"


def _hours(rng: numpy.random.Generator) -> str:
    return _span(rng, (2, "hours"), (4, "hours"), (6, "hours"), (8, "hours"), (12, "hours"), (24, "hours"))


def _notice(rng: numpy.random.Generator) -> str:
    """A short time."""
    days = ((5, "days"), (10, "days"), (14, "days"), (21, "days"), (30, "days"), (45, "days"), (60, "days"))
    return _span(rng, *days, (90, "days"), (3, "weeks"), (6, "weeks"), (8, "weeks"), (2, "months"), (3, "months"))


def _term(rng: numpy.random.Generator) -> str:
    """A long time."""
    months = ((6, "months"), (9, "months"), (12, "months"), (18, "months"), (24, "months"), (30, "months"))
    return _span(rng, *months, (36, "months"), (2, "years"), (3, "years"), (4, "years"), (5, "years"), (7, "years"))


def _duration(rng: numpy.random.Generator) -> str:
    return _notice(rng) if rng.random() < 0.5 else _term(rng)


def _domain(rng: numpy.random.Generator) -> str:
    trade = f"-{_pick(rng, ('labs', 'online', 'hub', 'group'))}" if rng.random() < 0.4 else ""
    return f"{_pick(rng, _FIRM).lower()}{trade}.{_pick(rng, _ENDINGS)}"


def _email(rng: numpy.random.Generator) -> str:
    """Its name part does not say what it is for."""
    box = _pick(rng, ("office", "info", "desk", "mail", "hello", "team", "contact", "k.novotny", "anand_iyer"))
    return f"{box}@{_domain(rng)}"


def _url(rng: numpy.random.Generator) -> str:
    start = _pick(rng, ("https://www.", "https://", "www.", "https://my."))
    path = _pick(rng, ("", "", "/en", "/public/2027", "/start", "/files/all"))
    return f"{start}{_domain(rng)}{path}"


def _phone(rng: numpy.random.Generator) -> str:
    forms = (
        "+44 20 7946 0###",
        "+44 161 496 0###",
        "+1 (312) 555-01##",
        "(206) 555-01##",
        "212-555-01##",
        "+49 30 23125 ###",
        "+33 1 99 00 ## ##",
        "+353 1 555 0###",
        "+61 2 5550 ####",
        "+91 22 5550 1###",
    )
    return "".join(_digits(rng, 1) if sign == "#" else sign for sign in _pick(rng, forms))


MAKERS: dict[str, Callable[[numpy.random.Generator], str]] = {
    "address": _address,
    "city": _city,
    "code": _code,
    "company": _company,
    "count": _count,
    "date": _date,
    "duration": _duration,
    "earlier": _earlier,
    "email": _email,
    "fee": _fee,
    "hours": _hours,
    "institution": _institution,
    "jurisdiction": _jurisdiction,
    "money": _money,
    "notice": _notice,
    "number": _number,
    "pay": _pay,
    "percent": _percent,
    "person": _person,
    "phone": _phone,
    "port": _port,
    "product": _product,
    "term": _term,
    "tracking": _tracking,
    "uptime": _uptime,
    "url": _url,
    "vessel": _vessel,
}
