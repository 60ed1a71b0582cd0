package recipient

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Headings in the languages of Europe and a few more, with "_" between words.

// firstName and lastName may have words before them, firstNameAlone and
// lastNameAlone may not.
var (
	firstName = words(`first_name firstname given_name givenname given_names forename vorname prenom nombre_de_pila primeiro_nome
		voornaam fornamn fornavn etunimi imie jmeno krestni_jmeno meno keresztnev utonev prenume ime vardas vards eesnimi
		имя ім_я μικρο_ονομα ονομα שם_פרטי الاسم_الاول 이름 名 ชื่อ`)
	firstNameAlone = words(`first given nombre nombres nome fname f_name ad adi`)
	lastName       = words(`last_name lastname surname family_name familyname second_name nachname familienname zuname nom_de_famille
		apellido apellidos primer_apellido cognome sobrenome apelido achternaam familienaam efternamn etternavn efternavn sukunimi
		nazwisko prijmeni priezvisko vezeteknev csaladnev nume_de_familie prezime priimek pavarde uzvards perekonnanimi soyad soyadi
		фамилия прізвище επωνυμο שם_משפחה اسم_العائلة 姓 성 นามสกุล`)
	lastNameAlone = words(`last family nom lname l_name`)
)

// middleName are words for what stands between first and last names.
var middleName = words(`middle_name middle_names middle_initial middle middlename mname m_name mi additional_name additional_names
	zweiter_vorname weitere_vornamen deuxieme_prenom segundo_nombre secondo_nome tussenvoegsel tussenvoegsels
	voorvoegsel voorvoegsels infix namenszusatz namensvorsatz vorsatzwort mellemnavn mellannamn mellomnavn
	otchestvo отчество по_батькові`)

// person are headings under which a person's whole name stands, unless numbers
// do; fullName may have words before them.
var (
	person = words(`name contact contact_name contact_person customer customer_name client client_name member member_name display_name
		recipient recipient_name to_name person employee employee_name participant attendee guest patient student donor subscriber
		who owner parent guardian child pupil applicant candidate tenant resident passenger volunteer speaker holder
		billing_name shipping_name account_holder ansprechpartner ansprechpartnerin kunde kundin kundenname empfanger mitglied
		teilnehmer teilnehmerin gast kontoinhaber klient destinataire adherent cliente socio destinatario titular intestatario naam
		klant namn kund navn kunde_navn nimi asiakas klienci klient_nazwa zakaznik nev ugyfel nume isim фио имя_фамилия получатель
		клиент піб ονοματεπωνυμο שם الاسم 이름 성명 姓名 氏名 お名前 ชื่อ_นามสกุล`)
	fullName = words(`full_name fullname whole_name vor_und_nachname vorname_nachname vorname_name name_vorname nachname_vorname
		vorname_und_nachname nom_complet nom_prenom nom_et_prenom prenom_nom prenom_et_nom nombre_completo nombre_y_apellidos
		nombre_apellidos apellidos_y_nombre nome_completo nome_cognome nome_e_cognome cognome_nome cognome_e_nome volledige_naam
		fullstandigt_namn fullt_navn fulde_navn koko_nimi imie_i_nazwisko nazwisko_i_imie jmeno_a_prijmeni jmeno_prijmeni
		teljes_nev nume_complet ad_soyad adi_soyadi ime_i_prezime`)
)

// nameWords are words for a name; nameless are words of headings beside which
// they are the name of what is no person, or of one who is not the row's.
var (
	nameWords = words(`name names naam namn navn nimi nome nombre nom nume nev imie jmeno ime имя`)
	nameless  = words(`company firm business organisation organization org institution employer agency school university college team club league
		show film movie book title song file folder document domain host server site website page project plan list tag field form
		template user login screen nick pet dog cat horse boat ship vehicle car device network app application service town village
		menu room hotel restaurant hospital clinic practice church charity tax legal_entity
		referrer referred teacher tutor coach mentor supervisor advisor adviser agent rep representative seller sales salesperson
		consultant doctor physician boss assistant buddy emergency kin beneficiary author sender organiser organizer spouse partner
		lecturer instructor firma verein schule projekt datei benutzer societe entreprise utilisateur fichier ecole empresa usuario
		escuela azienda utente bedrijf gebruiker`)
)

// numbers are words of headings under which people, or what is one person's,
// are numbered; numberEndings end such words.
var (
	numbers = words(`id ids userid customerid clientid memberid orderid accountid contactid personid kundenid no nr num number account acct order customer client member membership subscriber subscription registration
		patient student matriculation badge employee personnel phone phones telephone tel mobile cell cellphone whatsapp fax token key
		code iban policy invoice ticket passport ssn sin nin vat tin taxid license licence ref reference contract case booking
		reservation confirmation tracking serial imei uid uuid guid pnr donor card insurance prescription claim file
		konto kunde kunden mitglied telefon handy mobil mobiltelefon rufnummer vertrag rechnung bestellung auftrag vorgang aktenzeichen
		zeichen buchung ausweis versicherung police
		numero compte commande adherent abonne portable facture contrat dossier siret siren
		cuenta pedido cliente socio telefono telefonos movil celular factura contrato poliza expediente reserva dni nie nif cif
		conto ordine cellulare fattura contratto polizza pratica prenotazione codice_fiscale
		conta encomenda telefone telemovel fatura apolice cpf cnpj
		rekening klant bestelling factuur telefoon mobiel gsm bsn polis
		ordre bestallning medlem telefonnr faktura avtal personnummer cpr
		tilaus asiakas jasen puhelin matkapuhelin lasku sopimus hetu
		klienta zamowienie telefonu komorka komorkowy umowa pesel nip polisa
		ucet zakaznik objednavka smlouva ico dic
		szam azonosito ugyfel rendeles telefonszam szamla
		cont comanda cnp
		siparis musteri hesap sozlesme tckn
		номер телефон мобильный счет заказ клиент договор полис инн снилс рахунок замовлення
		αριθμος τηλεφωνο κινητο λογαριασμος παραγγελια αφμ
		טלפון נייד הזמנה לקוח رقم هاتف جوال حساب 전화 전화번호 휴대폰 주문번호 고객번호 电话 手机 手机号 订单号 账号 编号 電話 電話番号 携帯 注文番号 会員番号 顧客番号 番号`)
	numberEndings = words(`nummer nummern nr nro number numero num numer cislo szam uuid code kod token phone telefon`)
)

// others are words of headings under which something else is numbered, and
// otherEndings end such words.
var (
	others = words(`zip zipcode postal post postcode plz postleitzahl cap cep psc pincode country area house street building floor room
		region district city state county location date day month year time since until age birthday birthdate dob born amount price
		balance total sum value worth cost fee budget salary income revenue turnover debt limit rate percent share score points quantity
		qty count size weight length currency language locale product article item sku model brand type category color colour version
		status promo promotion discount voucher coupon gutschein campaign store shop branch warehouse department dept event course class
		batch group segment bank blz bic swift manager timestamp created updated modified
		ort stadt strasse hausnr land datum tag monat jahr seit betrag preis saldo kontostand summe wert kosten anzahl menge artikel
		produkt filiale abteilung gruppe
		postale code_postal ville rue pays annee mois depuis montant prix solde somme valeur nombre quantite produit magasin
		ciudad calle pais fecha ano mes desde importe precio valor cantidad producto tienda
		citta via paese anno mese importo prezzo valore quantita prodotto negozio
		cidade rua dia quantidade produto loja plaats straat jaar bedrag prijs aantal
		stad gata ar belopp pris antal belob vej gate kaupunki katu vuosi summa hinta maara
		miasto ulica rok kwota cena ilosc pocztowy mesto ulice castka mnozstvi utca osszeg iranyitoszam
		индекс город улица дата год сумма цена количество 邮编 郵便番号 우편번호 日期 金额 金額`)
	otherEndings = words(`postnummer postinumero postnr hausnummer hausnr husnummer huisnummer housenumber promocode gutscheincode zimmernummer raumnummer artikelnummer
		artikelnr produktnummer modellnummer versionsnummer kursnummer filialnummer gruppennummer bankleitzahl
		postcode zipcode datum date betrag preis summe stand saldo jahr`)
)

// owners are words beside "first" and "last" that make names of them.
var owners = words(`legal preferred official billing shipping invoice father mother son daughter player cardholder traveller traveler
		eltern vater mutter kind schuler eleve enfant pere mere padre madre hijo alumno figlio genitore`)

// greetings are words of headings under which salutations stand.
var greetings = words(`salutation greeting anrede briefanrede anredezeile briefanredezeile grussformel grußformel begrussung begrüßung
		salutations saludo saluto aanhef`)

// keys are words of headings under which stands what opens or marks one
// person's: however it looks, it is theirs alone.
var keys = words(`token tokens key hash secret password passwd passwort kennwort pin otp uuid guid login username
		benutzername unsubscribe optout abmeldelink`)

// openers are words of headings under which stands what lets one person in, or
// pays for one; vouchers are those of them, and their like, that also number
// what all have.
var (
	openers  = words(`token tokens code codes qr qrcode voucher coupon gutschein gutscheincode ticket link key`)
	places   = words(`zip postal post postcode country area product item article color colour currency language`)
	vouchers = words(`code codes voucher coupon gutschein gutscheincode ticket tickets qr qrcode eintrittskarte billet bon biglietto entrada`)
)

// words gives the entries of a list of headings, folded.
func words(list string) []string { return strings.Fields(foldHeading(list)) }

// foldHeading makes s lower case and drops diacritics.
func foldHeading(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case r == 'ı':
			return 'i'
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(s))
}

// headingOf gives the words of a column's heading. A capital after a small
// letter begins one.
func headingOf(c Column) heading {
	var spaced []rune
	var before rune
	for _, r := range norm.NFKC.String(c.Heading) {
		if unicode.IsUpper(r) && unicode.IsLower(before) {
			spaced = append(spaced, ' ')
		}
		spaced = append(spaced, r)
		before = r
	}
	return strings.FieldsFunc(foldHeading(string(spaced)), partsWords)
}

func partsWords(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
}
