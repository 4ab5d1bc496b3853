"""The vocabulary of Genesis: what its printings are called and what they say."""

from __future__ import annotations

from typing import Final, NamedTuple


class FamilyWords(NamedTuple):
    epithets: tuple[str, ...]
    places: tuple[str, ...]
    givens: tuple[str, ...]
    titles: tuple[str, ...]
    effects: tuple[str, ...]
    sayings: tuple[str, ...]


NOUNS: Final[dict[str, tuple[str, ...]]] = {
    "wyrm": ("Wyrm", "Serpent", "Drake", "Coilwyrm"),
    "bird": ("Kestrel", "Heron", "Firecrest", "Roc"),
    "moth": ("Moth", "Duskwing", "Lunamoth", "Wingling"),
    "stag": ("Stag", "Hart", "Hornbearer", "Antlerkin"),
    "ray": ("Skate", "Manta", "Glider", "Wingfin"),
    "wolf": ("Wolf", "Prowler", "Houndmother", "Fang"),
    "jelly": ("Medusa", "Drifter", "Bellveil", "Threadling"),
    "colossus": ("Colossus", "Warden", "Giant", "Sentinel"),
    "citadel": ("Citadel", "Bastion", "Keep", "Spires"),
    "tree": ("Elder Tree", "Oak", "Crowntree", "Rootmother"),
    "crystal": ("Prism", "Geode", "Shardfield", "Lode"),
    "gate": ("Gate", "Threshold", "Passage", "Archway"),
    "sigil": ("Sigil", "Seal", "Rite", "Mandala"),
    "blade": ("Blade", "Glaive", "Longsword", "Edge"),
    "lantern": ("Lantern", "Beacon", "Lamp", "Nightlight"),
}

KINDS: Final[dict[str, str]] = {
    "wyrm": "Creature",
    "bird": "Creature",
    "moth": "Creature",
    "stag": "Creature",
    "ray": "Creature",
    "wolf": "Creature",
    "jelly": "Creature",
    "colossus": "Creature",
    "citadel": "Place",
    "tree": "Place",
    "crystal": "Place",
    "gate": "Place",
    "sigil": "Rite",
    "blade": "Relic",
    "lantern": "Relic",
}

OPENINGS: Final[dict[str, tuple[str, ...]]] = {
    "Creature": (
        "When this creature arrives,",
        "Whenever it wakes,",
        "If it stands alone,",
        "When it leaves the field,",
    ),
    "Place": ("At first light,", "While you hold this place,", "Once each round,"),
    "Relic": ("Lay it down:", "The bearer may rest it:", "Once each round,"),
    "Rite": ("Speak the words:", "Until the next moonrise,", "Pay one more spark:"),
}

ARTISTS: Final = (
    "Ilse Varga-Moon",
    "Teodor Quill",
    "Amara Fennick",
    "Jun Halloway",
    "Brisa Okonjo",
    "Mikkel Thornby",
    "Saffi Lumen",
    "Oren Castellane",
    "Wilhelmina Dray",
    "Pax Ferreira-Holt",
    "Noor Ashdown",
    "Katsuo Bellweather",
)

FAMILY_WORDS: Final[dict[str, FamilyWords]] = {
    "ember": FamilyWords(
        epithets=(
            "Cinder", "Ashen", "Kilnborn", "Smouldering", "Scorchmarked", "Furnace", "Pyre",
            "Emberlit", "Coal-Eyed", "Molten", "Flint", "Brazen", "Soot-Crowned", "Sparkfed",
        ),
        places=("the Glass Caldera", "Kilnhollow", "the Red Stair", "Ashmere", "Old Furnace Row"),
        givens=("Vashka", "Orimund", "Pell Cinderhand", "Ignara", "Tovrik"),
        titles=("Last of the Hearth", "Who Ate the Sun", "the Ninth Flame"),
        effects=(
            "deal one scorch to a rival of your choice.",
            "turn a spent spark bright again.",
            "burn the top card of any deck; its owner draws.",
            "your creatures strike first this round.",
            "kindle two sparks, then lose one at nightfall.",
        ),
        sayings=(
            "It keeps the last warmth of a city nobody remembers.",
            "Feed it secrets. They burn longest.",
            "Smoke has a memory, and the memory has teeth.",
            "The forge went cold; the anger did not.",
            "Every candle in {place} leans toward it.",
            "{given} bowed once, and came up with a crown of ash.",
            "Count the sparks. One of them is counting you.",
            "What the fire forgives, the ashes write down.",
        ),
    ),
    "tide": FamilyWords(
        epithets=(
            "Brinebound", "Moonpulled", "Drowned", "Pearl-Eyed", "Undertow", "Saltborn", "Abyssal",
            "Silverfin", "Coral", "Fathomless", "Stormwashed", "Lagoon", "Kelp-Crowned", "Ebbing",
        ),
        places=("the Sunken Choir", "Lowwater", "the Pearl Shelf", "Gullmouth", "Fathom Nine"),
        givens=("Nerissoe", "Captain Ambrel", "Old Yssa", "Marisk", "Thal"),
        titles=("Keeper of Low Bells", "the Patient Depth", "Twice-Drowned Queen"),
        effects=(
            "return a resting creature to its owner's hand.",
            "look at three cards and sink the one you like least.",
            "draw a card, then let a card drift away.",
            "a rival's relic sleeps until the tide turns.",
            "trade places with any creature of equal strength.",
        ),
        sayings=(
            "The sea returns everything, though seldom to its owner.",
            "Listen for the bell. Then listen for what rings it.",
            "{given} charted these waters from underneath.",
            "It surfaces once a year, to check that we are still here.",
            "The moon asks and the water answers; we only get wet.",
            "At {place} the fish know your name before you do.",
            "Deep enough, every colour is a rumour.",
            "No anchor was ever long enough for its shadow.",
        ),
    ),
    "grove": FamilyWords(
        epithets=(
            "Mossback", "Thornwoven", "Dew-Drinking", "Fernlight", "Bramble", "Sapblood", "Verdant",
            "Mushroom", "Ivybound", "Honeyed", "Wildroot", "Leaf-Masked", "Acorn", "Hollow",
        ),
        places=("the Green Cathedral", "Thistledown", "Mothers' Wood", "Briarwatch", "the Root Sea"),
        givens=("Elowith", "Grandfather Burr", "Sorrel", "Hazelmoor", "Fenn the Quiet"),
        titles=("Heart of the Old Wood", "Who Sowed the Hills", "the Unfelled"),
        effects=(
            "grow one; if it is already tall, grow two.",
            "plant the top card of your deck as a seedling.",
            "heal your smallest creature completely.",
            "search your deck for a place and lay it resting.",
            "your creatures cannot be moved this round.",
        ),
        sayings=(
            "The path was here yesterday. The forest has reconsidered.",
            "Plant a promise and see who waters it.",
            "{given} asked the oak a question; ask again in ninety years.",
            "Nothing in {place} is lost. It is merely overgrown.",
            "A quiet wood is a wood holding its breath.",
            "It wears the spring like borrowed finery.",
            "Roots shake hands long before branches do.",
            "Even the axe was a seed once.",
        ),
    ),
    "gale": FamilyWords(
        epithets=(
            "Windborne", "Featherlight", "Cloudshorn", "Zephyr", "Stormcalling", "Skyward",
            "Whistling", "Thistle", "Kite-Tailed", "Cirrus", "Tempest", "Roving", "Lofty", "Squall",
        ),
        places=("the Kite Harbour", "Highlonging", "the Thin Bridge", "Vane", "the Open Ninth"),
        givens=("Aeriel Voss", "Skerry", "Little Mistral", "Hawken", "Isolde Updraft"),
        titles=("Daughter of All Weathers", "the Unlanded", "First Breath"),
        effects=(
            "move a creature to an empty place beside it.",
            "it cannot be blocked by anything with feet.",
            "shuffle a rival's discard back into their deck.",
            "act once more before the round ends.",
            "draw a card for each empty place you hold.",
        ),
        sayings=(
            "Throw your worry off the cliff. It will circle back, lighter.",
            "Maps of {place} are printed on kites.",
            "{given} never owned a door that stayed shut.",
            "The wind is only the sky changing its mind.",
            "Whatever you whisper here is news by evening.",
            "It lands once in its life, and complains about it.",
            "Hold on loosely; that is how feathers do it.",
            "First the hush, then the hats.",
        ),
    ),
    "stone": FamilyWords(
        epithets=(
            "Granite", "Slateborn", "Oldmarrow", "Basalt", "Quarry", "Ironvein", "Lichened",
            "Cragbound", "Opal-Hearted", "Unhewn", "Gravel", "Monolith", "Dustwalking", "Steadfast",
        ),
        places=("the Standing Mile", "Underhallow", "Cairnfoot", "the Quiet Quarry", "Deepshelf"),
        givens=("Borrun", "Aunt Feldspar", "Kael Undermount", "Drusk", "Magda Twelve-Tons"),
        titles=("the Mountain's Patience", "Who Holds the Road", "Eldest of Stones"),
        effects=(
            "gain a shield that the first harm breaks.",
            "it does not move, nor does whatever faces it.",
            "dig up a relic from your discard.",
            "each rival pays one more to attack here.",
            "your places cannot be broken this round.",
        ),
        sayings=(
            "It has been about to stand up for a thousand years.",
            "Carve your name small. The stone has many visitors.",
            "{given} won the argument by outliving it.",
            "Under {place} lies another, waiting its turn.",
            "Mountains do gossip, one word to the century.",
            "A wall is a promise with weight.",
            "The river was certain. The boulder was older.",
            "Knock first. Something may be asleep inside.",
        ),
    ),
    "aether": FamilyWords(
        epithets=(
            "Starwoven", "Voidlit", "Astral", "Eclipse", "Dreaming", "Nebula", "Orbiting",
            "Mirrored", "Comet-Tailed", "Unwritten", "Lucent", "Violet", "Seventh", "Halcyon",
        ),
        places=("the Glass Orrery", "Nowhere-Above", "the Tenth House", "Perihelion", "Long Silence"),
        givens=("Celindre", "Professor Umbrage", "Ourania Vey", "Zephiel", "Quill of Noon"),
        titles=("the Unblinking Star", "Architect of Midnight", "Who Dreams Us"),
        effects=(
            "foresee two: keep them in any order you like.",
            "copy the last rite spoken this round.",
            "exile it until dawn; it returns brighter.",
            "name a card; if a rival holds it, they show it.",
            "take a turn of the moon before anyone else moves.",
        ),
        sayings=(
            "Its light left home before the word for home existed.",
            "Do not wave. It waves back.",
            "{given} solved the sky and mislaid the answer.",
            "From {place} the world looks like a well-kept secret.",
            "Every constellation is a crowd seen from far away.",
            "It casts a shadow upward.",
            "The dark between stars is simply very good handwriting.",
            "Wish carefully. The listeners are literal.",
        ),
    ),
}
