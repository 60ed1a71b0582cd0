"""Reads every .eml in a folder with Python's email package and compares it with
the .json beside it. Exits 1 and names what differs."""

import email
import email.errors
import email.header
import email.policy
import email.utils
import json
import pathlib
import sys


def mailbox(field):
    """Decodes by email.header: the parser of the newer policies puts a space
    between adjacent encoded words of a display name, against RFC 2047 section 6.2."""
    if field is None:
        return ""
    name, address = email.utils.parseaddr(field)
    return f"{email.header.make_header(email.header.decode_header(name))} <{address}>"


def defects(part):
    found = list(part.defects)
    for field in part.values():
        found += getattr(field, "defects", ())
    # RFC 6532 section 3.2 allows what this one is about.
    return [repr(d) for d in found if not isinstance(d, email.errors.NonASCIILocalPartDefect)]


def reading(raw):
    text = raw.decode()
    message = email.message_from_string(text, policy=email.policy.SMTPUTF8)
    plain = email.message_from_string(text)
    result = {
        "From": mailbox(plain["From"]),
        "To": mailbox(plain["To"]),
        "ReplyTo": mailbox(plain["Reply-To"]),
        "Subject": str(message["Subject"]),
        "Text": "",
        "HTML": "",
        "Files": [],
        "Defects": [],
    }
    for part in message.walk():
        result["Defects"] += defects(part)
        if part.is_multipart():
            continue
        content = part.get_payload(decode=True)
        if part.get_content_disposition():
            result["Files"].append({
                "Disposition": part.get_content_disposition(),
                "Name": part["Content-Disposition"].params["filename"],
                "Type": part.get_content_type(),
                "ContentID": str(part["Content-ID"] or ""),
                "Content": content.hex(),
            })
        elif part.get_content_type() == "text/html":
            result["HTML"] += content.decode(part.get_content_charset())
        else:
            result["Text"] += content.decode(part.get_content_charset())
    return result


def main(folder):
    messages = sorted(pathlib.Path(folder).glob("*.eml"))
    if not messages:
        sys.exit("no messages")
    wrong = 0
    for file in messages:
        got = reading(file.read_bytes())
        want = json.loads(file.with_suffix(".json").read_bytes())
        for key in got:
            if got[key] != want[key]:
                wrong += 1
                print(f"{file.name}: {key}\n got  {got[key]!r}\n want {want[key]!r}")
    print(f"{len(messages)} messages read")
    sys.exit(1 if wrong else 0)


main(sys.argv[1])
