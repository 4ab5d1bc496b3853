import re

from attrs import field, frozen

from .errors import InvalidGrade

COMPANY = re.compile(r"[A-Z]{2,10}")
GRADE = re.compile(r"10|[1-9](\.5)?")
_CERTIFICATE = re.compile(r"[A-Z0-9-]{4,20}")


def _upper(text: str) -> str:
    return text.upper()


@frozen
class Grade:
    """A certified grade of a grading company, such as 9.5 by BGS, with its certificate number.

    :raises InvalidGrade: unless 1 to 10 in halves, by a company of 2 to 10 letters, with a
        certificate of 4 to 20 letters, digits and hyphens.
    """

    company: str = field(converter=_upper)
    grade: str
    certificate: str = field(converter=_upper)

    def __attrs_post_init__(self) -> None:
        if not (
            COMPANY.fullmatch(self.company)
            and GRADE.fullmatch(self.grade)
            and _CERTIFICATE.fullmatch(self.certificate)
        ):
            raise InvalidGrade
