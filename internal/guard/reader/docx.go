package reader

// openXML is the vocabulary of all of Office Open XML: text documents,
// spreadsheets and presentations hold parts of each other's kinds.
var openXML = vocabulary{
	lines:      setOf("p si is text rt rPh"),
	runs:       setOf("t delText text"),
	codes:      setOf("instrText delInstrText f formula formula1 formula2 definedName sqref"),
	rows:       setOf("tr row"),
	told:       setOf("Relationship sheet hyperlink listItem docVar tag alias s n d e cacheField dataField item property author"),
	measures:   setOf("posOffset pctWidth pctHeight pctPosHOffset pctPosVOffset col colOff row rowOff Characters CharactersWithSpaces Words Lines Pages Paragraphs TotalTime formatCode"),
	cells:      setOf("r ref sqref spans activeCell topLeftCell formula dimension"),
	deletions:  setOf("del moveFrom"),
	insertions: setOf("ins moveTo"),
	hiding:     setOf("vanish webHidden specVanish"),
	signs:      map[string]string{"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"},
}
