"""The office's set-up: each change is one method, one transaction, one line in the audit list."""

from server.office import Office
from server.pace import Paces
from server.setup.alerts import OfficeAlerts
from server.setup.counters import Counters
from server.setup.devices import Devices
from server.setup.history import History
from server.setup.holidays import OfficeHolidays
from server.setup.hours import OfficeHours
from server.setup.office import OfficeSettings
from server.setup.points import MobilePoints
from server.setup.printers import Printers
from server.setup.rules import Rules
from server.setup.services import Services
from server.setup.slip import OfficeSlip
from server.setup.staff import Staff
from server.setup.tokens import Tokens
from server.setup.voice import OfficeVoice


class Setup:
    """Bound to one office; a room for each part of what an administrator sets."""

    def __init__(self, office: Office, paces: Paces) -> None:
        self.services = Services(office, paces)
        self.rules = Rules(office, paces)
        self.counters = Counters(office, paces)
        self.staff = Staff(office, paces)
        self.devices = Devices(office, paces)
        self.printers = Printers(office, paces)
        self.tokens = Tokens(office, paces)
        self.office = OfficeSettings(office, paces)
        self.hours = OfficeHours(office, paces)
        self.holidays = OfficeHolidays(office, paces)
        self.history = History(office, paces)
        self.voice = OfficeVoice(office, paces)
        self.slip = OfficeSlip(office, paces)
        self.alerts = OfficeAlerts(office, paces)
        self.points = MobilePoints(office, paces)
