package reader

import (
	"bytes"
	"encoding/xml"
	"io"
	"path"
	"strconv"
)

// readPivots adds the tables in the caches of pivot tables (ECMA-376 part 1
// section 18.10), which keep the rows that the table sums up, whether its
// source is still there or not.
func (r *reading) readPivots(members []file) error {
	byName := make(map[string]file, len(members))
	for _, m := range members {
		byName[m.name] = m
	}
	for _, m := range members {
		for _, target := range recordsOf(m, byName) {
			if err := r.readRecords(m, byName[target]); err != nil {
				return err
			}
		}
	}
	return nil
}

// recordsOf gives the names of the parts that hold the records of the pivot
// cache m, if it is one.
func recordsOf(m file, byName map[string]file) []string {
	dir, base := path.Split(m.name)
	rels, ok := byName[dir+"_rels/"+base+".rels"]
	if !ok || !bytes.Contains(rels.content, []byte("pivotCacheRecords")) {
		return nil
	}
	var list struct {
		Relationships []struct {
			Type   string `xml:"Type,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if newXMLDecoder(rels.content).Decode(&list) != nil {
		return nil
	}
	var targets []string
	for _, rel := range list.Relationships {
		if path.Base(rel.Type) != "pivotCacheRecords" {
			continue
		}
		target := path.Join("/", dir, rel.Target)
		if path.IsAbs(rel.Target) {
			target = path.Clean(rel.Target)
		}
		targets = append(targets, target[1:])
	}
	return targets
}

// readRecords adds the rows of a pivot cache, a line each.
func (r *reading) readRecords(definition, records file) error {
	fields, err := r.sharedItems(definition)
	if err != nil {
		return err
	}
	var table bytes.Buffer
	column := 0
	err = r.elements(records, func(t xml.StartElement) error {
		switch name, v := t.Name.Local, attribute(t, "v"); name {
		case "r":
			table.WriteByte('\n')
			column = 0
			return nil
		case "x":
			if i, err := strconv.Atoi(v); err == nil && column < len(fields) && i >= 0 && i < len(fields[column]) {
				table.WriteString(fields[column][i])
			}
		case "s", "n", "d", "b", "e", "m":
			table.WriteString(pivotItem(v))
		default:
			return nil
		}
		table.WriteByte('\t')
		column++
		if table.Len() > r.left {
			return unreadable("more in it than is read of one attachment")
		}
		return nil
	})
	if err != nil || table.Len() == 0 {
		return err
	}
	return r.add(table.Bytes(), false)
}

// sharedItems gives the values of each field that records refer to.
func (r *reading) sharedItems(definition file) ([][]string, error) {
	var fields [][]string
	err := r.elements(definition, func(t xml.StartElement) error {
		switch t.Name.Local {
		case "cacheField":
			fields = append(fields, nil)
		case "s", "n", "d", "b", "e", "m":
			if n := len(fields); n > 0 {
				fields[n-1] = append(fields[n-1], pivotItem(attribute(t, "v")))
			}
		}
		return nil
	})
	return fields, err
}

func pivotItem(v string) string { return string(plainNumber(unescape([]byte(v)))) }

// elements calls f for every element of an XML part.
func (r *reading) elements(part file, f func(xml.StartElement) error) error {
	text, err := xmlText(part.content)
	if err != nil {
		return err
	}
	d := newXMLDecoder(text)
	for n := 0; ; n++ {
		t, err := d.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return unreadable("damaged")
		}
		if start, ok := t.(xml.StartElement); ok {
			if err := f(start); err != nil {
				return err
			}
		}
		if n%1024 == 0 && r.spend(0) != nil {
			return r.spend(0)
		}
	}
}
