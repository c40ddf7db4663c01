"""The words of every reason: title, what happened, and what the partner can do now.

They are message IDs in English, marked for extraction by N_ and translated where they are shown. Nothing here may tell
anything about another partner.
"""

from collections.abc import Mapping


def N_(message: str) -> str:  # noqa: N802 - the name that message extraction looks for
    """The message itself: a mark that it is to be translated later."""
    return message


TEXTS: Mapping[str, tuple[str, str, str]] = {
    "co-op-claim": (
        N_("This belongs to the co-op claim process"),
        N_("CSP, managed reseller, hosting and Surface claims are not customer associations."),
        N_("File it through the co-op claim process instead; nothing was stored here."),
    ),
    "duplicate-item": (
        N_("The same product is named twice"),
        N_("A claim names each product and subscription once."),
        N_("Remove the repeated line. Where the customer has two subscriptions, name each by its own ID."),
    ),
    "mpn-not-enrolled": (
        N_("This location cannot claim here"),
        N_("The MPN ID is not one of your organisation's active locations enrolled in the claim's programme."),
        N_("Choose an enrolled location, or ask your programme administrator to enrol this one; then claim again."),
    ),
    "tenant-domain-mismatch": (
        N_("Domain and directory ID do not belong together"),
        N_("The customer's domain could not be shown to belong to the directory (tenant) ID of the claim."),
        N_("Ask the customer for the directory ID from their Entra admin center, and claim with it and its domain."),
    ),
    "product-not-in-area": (
        N_("The product is not part of the solution area"),
        N_("At least one product does not belong to the chosen solution area, or is not in the catalogue."),
        N_("Choose products of one solution area; file a claim of its own for the other area."),
    ),
    "activity-not-allowed": (
        N_("These activities cannot be claimed together"),
        N_("The solution area does not offer this activity, or it cannot be combined with the others."),
        N_("Microsoft 365 takes usage; business applications take usage and pre-sales together, or revenue alone."),
    ),
    "subscription-required": (
        N_("Say which subscription"),
        N_("The customer has more than one subscription for this product, so the claim must name one."),
        N_("Ask the customer for the subscription ID and claim again with it."),
    ),
    "subscription-unknown": (
        N_("The subscription is not known"),
        N_("No such subscription is registered for this customer and product."),
        N_("Compare the subscription ID with the customer's own. A new one can take a few days to be registered."),
    ),
    "subscription-other-tenant": (
        N_("The subscription is not this customer's"),
        N_("The subscription belongs to another directory than the one claimed."),
        N_("Check the directory ID and the subscription ID with the customer, and claim again with a matching pair."),
    ),
    "subscription-other-product": (
        N_("The subscription is for another product"),
        N_("The subscription named does not hold the product claimed."),
        N_("Claim the product that the subscription holds, or name the subscription of this product."),
    ),
    "subscription-csp": (
        N_("A CSP subscription cannot be claimed here"),
        N_("The subscription was bought through the Cloud Solution Provider channel."),
        N_("Use the co-op claim process for it, or name a subscription bought through another channel."),
    ),
    "subscription-inactive": (
        N_("The subscription is not active"),
        N_("The subscription is suspended or has ended, so nothing can be associated with it."),
        N_("Claim again once the customer has renewed it, or name an active subscription."),
    ),
    "already-associated-to-you": (
        N_("Your organisation has this already"),
        N_("Another claim of your own organisation holds this association or is waiting for the customer's answer."),
        N_("Look for it in your list of claims. To change the location, correct the MPN ID there."),
    ),
    "contested": (
        N_("A reviewer must decide who is associated"),
        N_("This product is not free for this customer at present."),
        N_(
            "Nothing has to be done. If you have a more recent proof, add it: it weighs more. "
            "A reviewer will write to you."
        ),
    ),
    "poe-missing": (
        N_("The proof of execution is missing"),
        N_("A claim needs at least one proof of execution, and each one named must be there."),
        N_("Upload a proof that the customer signed. The form offered here is filled in with what is known."),
    ),
    "poe-type": (
        N_("This kind of file is not accepted"),
        N_("The content of the file is not PDF, Word (DOCX), PNG or JPEG, whatever its name says."),
        N_("Save or scan the proof as PDF, DOCX, PNG or JPEG and upload it again."),
    ),
    "poe-empty": (
        N_("The file is empty"),
        N_("The uploaded file holds no bytes."),
        N_("Open the file on your side to see that it is complete, and upload it again."),
    ),
    "poe-too-large": (
        N_("The file is too large"),
        N_("One proof of execution may have up to 25 MB."),
        N_("Scan it at a lower resolution, or split it into several files."),
    ),
    "poe-too-many": (
        N_("There are too many files"),
        N_("A claim takes at most 10 proofs of execution."),
        N_("Leave out what does not help the reviewer, or join several into one PDF."),
    ),
    "poe-unreadable": (
        N_("The file cannot be opened"),
        N_("The file is damaged, protected by a password, or not what it claims to be."),
        N_("Save it again without a password, open it once to see that it works, and upload it again."),
    ),
    "poe-infected": (
        N_("Malware was found in the file"),
        N_("The malware scan refused a proof of execution; nobody will open it."),
        N_("Have your computer checked, make the file anew on a clean one, and file the claim again."),
    ),
    "poe-active-content": (
        N_("The file holds active content"),
        N_("The proof holds scripts, embedded files or actions, which a plain document does not need."),
        N_("Print it to PDF and upload that copy; a reviewer looks at it until then."),
    ),
    "poe-older-than-12-months": (
        N_("The proof is older than 12 months"),
        N_("The newest date found in the proofs is more than 12 months before the claim was submitted."),
        N_("Upload a proof signed within the last 12 months."),
    ),
    "poe-no-date": (
        N_("No date was found in the proof"),
        N_("The text of the proofs holds no date such as 2026-11-26 and no line that begins with Date:."),
        N_("Upload a proof that shows the date on which the customer signed it."),
    ),
    "poe-no-customer-name": (
        N_("The customer is not named in the proof"),
        N_("Neither the customer's name nor its domain was found in the text of the proofs."),
        N_("Upload a proof that names the customer as registered, or with its domain."),
    ),
    "poe-no-product-mentioned": (
        N_("A claimed product is not named in the proof"),
        N_("At least one claimed product was not found in the text of the proofs."),
        N_("Upload a proof that names every claimed product, or drop the products that you cannot prove."),
    ),
    "poe-no-signature-found": (
        N_("No signature was found in the proof"),
        N_("The proofs hold neither a line Signed by: with a name nor a filled signature field."),
        N_("Have the customer sign the proof, with the name in plain letters, and upload it."),
    ),
    "poe-not-machine-readable": (
        N_("The proof has no text that can be read by a program"),
        N_("The proof is a picture or a scan, so a reviewer reads it instead. That takes longer."),
        N_("Nothing has to be done. A PDF or DOCX with text would be checked at once."),
    ),
    "contact-domain-not-customer": (
        N_("The contact's address is not the customer's"),
        N_("The customer contact's mail address is not on one of the customer's domains."),
        N_("Name a person who can speak for the customer, with an address on the customer's own domain."),
    ),
    "contact-is-partner": (
        N_("The customer contact is your own"),
        N_("The customer contact's address belongs to the partner. Only the customer can agree to an association."),
        N_("Name a person at the customer, with their own address."),
    ),
    "seats-below-minimum": (
        N_("There are fewer seats than the programme asks for"),
        N_("The customer's registered seats are below the programme's minimum for Microsoft 365."),
        N_("A reviewer decides. If the customer has bought seats lately, say so in a comment."),
    ),
    "contact-unreachable": (
        N_("The notice did not reach the customer"),
        N_("Our message to the customer contact could not be delivered, so the customer was not asked."),
        N_("Correct the contact's address, or name another person at the customer, and resubmit."),
    ),
    "wrong-contact": (
        N_("The contact is not the right person"),
        N_("The person we wrote to cannot decide this for the customer."),
        N_("Ask the customer who can, name that person as the contact, and resubmit."),
    ),
    "no-partner-response": (
        N_("There was no answer in time"),
        N_("Information was requested, and the time to answer went by."),
        N_("You can dispute this once within 30 days, or file a new claim."),
    ),
    "notice-not-delivered": (
        N_("The notice turned out not to have been delivered"),
        N_("Silence is consent only where the customer was told. The customer was not, so the association ended."),
        N_("File a new claim with a customer contact who can be reached."),
    ),
    "slot-pending": (
        N_("Another claim is waiting for the customer"),
        N_("Only one claim at a time can wait for the customer's answer about the same product."),
        N_("Wait until that one is decided, then decide this claim."),
    ),
    "slot-held": (
        N_("The association is taken"),
        N_("This product is associated already, so it was not imported."),
        N_("Compare the row with the association that exists, and file a claim if it should change."),
    ),
    "supersede-required": (
        N_("The present association must be superseded"),
        N_("The product is associated with another claim; accepting this one must say that it replaces it."),
        N_("Tell the present partner first, then accept with supersede, or refuse the product."),
    ),
    "incumbent-window-open": (
        N_("The present partner may still answer"),
        N_("The partner who holds the association must be told, and have had 5 business days to answer."),
        N_("Decide when that time is over."),
    ),
    "too-many-incumbents": (
        N_("Too many associations would change at once"),
        N_("The decision would end more associations than can be changed in one step."),
        N_("Refuse some of the products and have them claimed separately."),
    ),
    "superseded": (
        N_("Another association took its place"),
        N_("A reviewer decided a contest, and the customer's time to object is over."),
        N_("You can file a new claim with more recent proof of execution."),
    ),
    "contest-lost": (
        N_("The reviewer decided the contest otherwise"),
        N_("After looking at all the proof, the reviewer did not associate this product with you."),
        N_("You can dispute this once within 30 days, with more recent proof of execution."),
    ),
    "subscription-ended": (
        N_("The subscription has ended"),
        N_("An association lasts as long as its subscription."),
        N_("If the customer has a new subscription, file a new claim for it."),
    ),
    "declined-by-customer": (
        N_("The customer said no"),
        N_("The customer declined the association; that is final for this claim."),
        N_("Talk to the customer. If they change their mind, file a new claim."),
    ),
    "revoked-by-customer": (
        N_("The customer revoked the association"),
        N_("The customer ended an association that was in force."),
        N_("Talk to the customer. If they change their mind, file a new claim."),
    ),
    "withdrawn-by-partner": (
        N_("You took the claim back"),
        N_("The claim was withdrawn by your organisation; that is final."),
        N_("File a new claim if you need one."),
    ),
    "filed-by-mistake": (
        N_("Filed by mistake"),
        N_("The claim named a customer, product or location that was not meant."),
        N_("File a new claim with the right values."),
    ),
    "work-ended": (
        N_("The work for the customer has ended"),
        N_("The partner does not serve the customer with this product any more."),
        N_("Nothing has to be done."),
    ),
    "customer-asked": (
        N_("The customer asked for it"),
        N_("The partner gave the association up because the customer asked for that."),
        N_("Nothing has to be done."),
    ),
    "poe-not-convincing": (
        N_("The proof does not show the work"),
        N_("A reviewer read the proof and could not see what you did for this customer with this product."),
        N_("Upload a signed proof that says what was done, when, by whom, and with which product."),
    ),
    "poe-other-customer": (
        N_("The proof is about another customer"),
        N_("A reviewer read the proof, and it names somebody other than the claimed customer."),
        N_("Upload the proof for this customer, or withdraw the claim."),
    ),
    "customer-not-recognised": (
        N_("The customer cannot be recognised"),
        N_("Name, domain and directory ID do not clearly describe one customer."),
        N_("Check all three with the customer and explain any change of name in a comment."),
    ),
    "information-missing": (
        N_("Information is missing"),
        N_("The reviewer needs something more, which the comment describes."),
        N_("Answer the comment, add proof where asked, and resubmit."),
    ),
    "other": (
        N_("Another reason"),
        N_("The reason is given in the comment."),
        N_("Read the comment, and answer it if you can."),
    ),
}
