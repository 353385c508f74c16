//! Words that talk about how to answer, in English. Words of other languages are read as the English word of their meaning first
//! (`meaning`).

/// A sentence of these lists talks about how to answer if it has one of these.
pub(super) const HEADS: &str = "accuracy accurate appreciate attention best breath brief briefly care careful carefully \
     challenging colleagues complex complicated comprehensive correctly critical crucial deeply detail \
     detailed details difficult difficulty easy effort exhaustive experience expert expertise experts \
     genius grateful hard harder hardest haste importance important logically matters methodically \
     meticulous meticulously mistakes patience precise precisely precision professor quick quickly \
     reason reasoned reasoning recheck reflect researcher reward rigor rigorous rigorously rigorousness \
     rigour rush scientist seriously simple slowly specialist stakes step steps systematically thank \
     thanks think thinking thorough thoroughly thoroughness thoughtful thoughtfully tough tricky \
     ultrathink vital";

/// Words of a sentence that asks for words of its own.
pub(super) const BIDS: &str = "check checking confirm consider correct describe double explain find get give help how list make \
     outline plan present provide put read restate say show start state stop tell try use verify what \
     when where which who why write";

/// The other words of such sentences.
pub(super) const TALK: &str = "a abilities ability able about absolutely advance after afternoon again all also always am an and \
     angle angles answer answering answers any anyone anything anyway are as ask asked asking asks at \
     awards be because been before begin being believe better bit breathe but by can career carry \
     certain chance cheers class come comes completely concentrate considering could d day days deal \
     dear decades deep definitely did do does doing don done down each else end ensure entirely \
     especially even evening every everyone everything explanation explanations extra extremely few \
     field final finally finish first focus for from full fully gets go goes going good got great had \
     hand hardly has have having he held hello helpful here hey hi high higher highest highly hold hope \
     hurry i if in incredibly into is it its job just keep keeps kindly know known knows laboratory \
     large last leading leave let lets level life like line literally little ll long lot lots low m \
     makes making many may me might mind mine more morning most much must my myself need needed needs \
     never next nice no nobody none not note nothing now of off ok okay on once one ones only onto or \
     other others our ours out over own past pause perfect please possibilities possible possibly \
     prizes problem prompt quality question questions quite rather re really regards remember renowned \
     reply request respected respond response responses result right s second self sense serious settle \
     several shall she short should since skip so solution some someone something speed standard \
     standards still such super sure t take takes taking task tasks team than that the their them then \
     there these they thing things third this those thrice through time times to together too top true \
     truly trust trying twice two until up us using ve verified very want wants was way ways we well \
     were while whole will with within without wonderful work working world would years yes yet you \
     your yours yourself";
