from typing import NewType
from uuid import UUID

CardId = NewType("CardId", UUID)
