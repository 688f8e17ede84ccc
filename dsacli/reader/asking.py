"""The words of a question that say nothing of what it is about."""

ASKING = frozenset(
    "a an the this that these those it its is are was were be been being do does did has have had can could may might must shall should will"
    " would what which who whom whose when where why how much many long far of in on at to for from by with about as into under and or not no"
    " any there they them their we us our you your i me my he she his her one if say says said tell give show list name now current currently"
    " today".split()
)
