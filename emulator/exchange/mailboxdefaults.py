"""What every mailbox of a tenant that nobody has touched has in common.  Pure.

The names are those of Get-Mailbox in Exchange Online; the values those of a mailbox as created,
as far as they are known.
"""

from emulator.exchange.wording import size_text

_GIB, _MIB = 1 << 30, 1 << 20
_NO_GUID = "00000000-0000-0000-0000-000000000000"
_UNLIMITED = "Unlimited"

_FALSE = (
    *("AccountDisabled", "AntispamBypassEnabled", "AutoExpandingArchiveEnabled"),
    *("CalendarRepairDisabled", "CalendarVersionStoreDisabled", "ComplianceTagHoldApplied"),
    *("DelayHoldApplied", "DelayReleaseHoldApplied", "DowngradeHighPriorityMessagesEnabled"),
    *("ElcProcessingDisabled", "EmailAddressPolicyEnabled", "EnforcedTimestamps"),
    *("HasPicture", "HasSnackyAppData", "IncludeInGarbageCollection"),
    *("IsDirSynced", "IsExcludedFromServingHierarchy", "IsHierarchyReady"),
    *("IsHierarchySyncEnabled", "IsInactiveMailbox", "IsLinked", "IsMachineToPersonTextingEnabled"),
    *("IsMonitoringMailbox", "IsPersonToPersonTextMessagingEnabled", "IsResource"),
    *("IsRootPublicFolderMailbox", "IsSoftDeletedByDisable", "IsSoftDeletedByRemove"),
    *("LitigationHoldEnabled", "MailTipsDisabled", "MessageCopyForSMTPClientSubmissionEnabled"),
    *("MessageCopyForSendOnBehalfEnabled", "MessageCopyForSentAsEnabled", "ModerationEnabled"),
    *("OrphanSoftDeleteTracking", "PitrEnabled"),
    *("QueryBaseDNRestrictionEnabled", "RequireSenderAuthentication"),
    *("RetainDeletedItemsUntilBackup", "RetentionHoldEnabled", "SKUAssignedByPolicy"),
    *("UMEnabled", "UseDatabaseQuotaDefaults"),
    *("UseDatabaseRetentionDefaults", "VoiceMailEnabled", "WasInactiveMailbox"),
    *("IsAuxMailbox"),
)
_TRUE = (
    *("AuditEnabled", "IsValid", "IsMailboxEnabled"),
    *("MessageRecallProcessingEnabled", "MessageTrackingReadStatusEnabled"),
    *("SingleItemRecoveryEnabled", "SKUAssigned"),
)
_NONE = (
    *("AddressBookPolicy", "ArbitrationMailbox", "ArchiveDomain"),
    *("ArchiveRelease", "AdminDisplayName"),
    *("CertificateSubject"),
    *("DataEncryptionPolicy", "DefaultPublicFolderMailbox", "DisabledArchiveDatabase"),
    *("EffectivePublicFolderMailbox", "EndDateForRetentionHold"),
    *("ForestWideDomainControllerAffinity"),
    *("GlobalAddressListFromAddressBookPolicy"),
    *(
        "ImmutableId",
        "InactiveMailboxRetireTime",
        "JournalArchiveAddress",
        "LastExchangeChangedTime",
    ),
    *("LinkedMasterAccount", "LitigationHoldDate", "LitigationHoldOwner"),
    *("MailboxContainerGuid", "MailboxMoveBatchName", "MailboxMoveRemoteHostName"),
    *("MailboxMoveSourceMDB", "MailboxMoveTargetMDB", "MailboxProvisioningConstraint"),
    *("MailboxRegionLastUpdateTime", "MailTip"),
    *("ManagedFolderMailboxPolicy", "MicrosoftOnlineServicesID", "OfflineAddressBook"),
    *("OrphanSoftDeleteTrackingTime"),
    *("QueryBaseDN", "ReconciliationId"),
    *("RemoteAccountPolicy", "ResourceCapacity", "RetentionComment", "RetentionUrl"),
    *("SCLDeleteEnabled", "SCLDeleteThreshold", "SCLJunkEnabled", "SCLJunkThreshold"),
    *("SCLQuarantineEnabled", "SCLQuarantineThreshold", "SCLRejectEnabled", "SCLRejectThreshold"),
    *("SimpleDisplayName", "SourceAnchor", "StartDateForRetentionHold"),
    *("StsRefreshTokensValidFrom", "ThrottlingPolicy", "UnifiedMailbox"),
    *("WhenSoftDeleted", "SiloName", "PreviousRecipientTypeDetails"),
    *("RoomMailboxAccountEnabled", "MailboxRelease"),
)
_EMPTY_LISTS = (
    *("AcceptMessagesOnlyFrom", "AcceptMessagesOnlyFromDLMembers"),
    *("AcceptMessagesOnlyFromSendersOrMembers", "AggregatedMailboxGuids", "ArchiveName"),
    *("BypassModerationFromSendersOrMembers", "Extensions", "ExtensionCustomAttribute1"),
    *("ExtensionCustomAttribute2", "ExtensionCustomAttribute3", "ExtensionCustomAttribute4"),
    *(
        "ExtensionCustomAttribute5",
        "GeneratedOfflineAddressBooks",
        "InPlaceHolds",
        "MailTipTranslations",
    ),
    *("MailboxLocations", "ModeratedBy", "PersistedCapabilities", "RejectMessagesFrom"),
    *("RejectMessagesFromDLMembers", "RejectMessagesFromSendersOrMembers", "ResourceCustom"),
    *("UserCertificate", "UserSMimeCertificate", "UMAddresses", "UMDtmfMap", "RMSTemplates"),
)
_TEXTS: dict[str, object] = {
    "ArchiveDatabase": None,
    "ArchiveDatabaseGuid": _NO_GUID,
    "ArchiveGuid": _NO_GUID,
    "ArchiveQuota": size_text(100 * _GIB),
    "ArchiveState": "None",
    "ArchiveStatus": "None",
    "ArchiveWarningQuota": size_text(90 * _GIB),
    "AuditLogAgeLimit": "90.00:00:00",
    "CalendarLoggingQuota": size_text(6 * _GIB),
    "Database": "EURPR05DG001-db001",
    "DatabaseGuid": "3f8e4c0a-6a6d-4a0c-9a55-5c0d3a7b9e11",
    "DisabledArchiveGuid": _NO_GUID,
    "DisabledMailboxLocations": False,
    "ExchangeSecurityDescriptor": "System.Security.AccessControl.RawSecurityDescriptor",
    "ExchangeVersion": "0.20 (15.0.0.0)",
    "ExchangeUserAccountControl": "None",
    "ExternalOofOptions": "External",
    "ImListMigrationCompleted": False,
    "IssueWarningQuota": size_text(98 * _GIB),
    "Languages": ["en-US"],
    "LitigationHoldDuration": _UNLIMITED,
    "MailboxMoveFlags": "None",
    "MailboxMoveStatus": "None",
    "MailboxPlan": "ExchangeOnlineEnterprise",
    "MailboxProvisioningPreferences": [],
    "MailboxRegion": "EUR",
    "MaxBlockedSenders": 500,
    "MaxReceiveSize": size_text(36 * _MIB),
    "MaxSafeSenders": 5000,
    "MaxSendSize": size_text(35 * _MIB),
    "NetID": "1003BFFD00000000",
    "ObjectCategory": "EURPR05A001.PROD.OUTLOOK.COM/Configuration/Schema/Person",
    "ObjectClass": ["top", "person", "organizationalPerson", "user"],
    "ObjectState": "Unchanged",
    "OriginatingServer": "AM0PR05A001DC001.EURPR05A001.PROD.OUTLOOK.COM",
    "PoliciesExcluded": ["{26491cfc-9e50-4857-861b-0cb8df22b5d7}"],
    "PoliciesIncluded": [],
    "ProhibitSendQuota": size_text(99 * _GIB),
    "ProhibitSendReceiveQuota": size_text(100 * _GIB),
    "RecipientLimits": "500",
    "RecipientType": "UserMailbox",
    "RecoverableItemsQuota": size_text(30 * _GIB),
    "RecoverableItemsWarningQuota": size_text(20 * _GIB),
    "RemoteRecipientType": "None",
    "RequireSenderAuthenticationEnabled": False,
    "RetainDeletedItemsFor": "14.00:00:00",
    "RetentionPolicy": "Default MRM Policy",
    "RoleAssignmentPolicy": "Default Role Assignment Policy",
    "RulesQuota": size_text(256 << 10),
    "SendModerationNotifications": "Always",
    "ServerLegacyDN": (
        "/o=ExchangeLabs/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)"
        "/cn=Configuration/cn=Servers/cn=AM0PR05MB0001"
    ),
    "ServerName": "am0pr05mb0001",
    "SharingPolicy": "Default Sharing Policy",
    "AuditAdmin": ["Update", "MoveToDeletedItems", "SoftDelete", "HardDelete", "SendAs", "Create"],
    "AuditDelegate": ["Update", "SoftDelete", "HardDelete", "SendAs", "SendOnBehalf", "Create"],
    "AuditOwner": ["Update", "SoftDelete", "HardDelete", "MoveToDeletedItems", "ApplyRecord"],
    "DefaultAuditSet": ["Admin", "Delegate", "Owner"],
    "AdminDisplayVersion": "Version 15.20 (Build 9000.0)",
    "AuxMailboxParentObjectId": _NO_GUID,
    "ContentAggregationFlags": "None",
    "GlobalAddressListFromAddressBookPolicy": None,
    "GuestHint": "",
    "OrphanSoftDeleteTrackingTime": None,
    "HasSnackyAppDataDisabled": False,
    "MailboxRegionSuffix": "None",
    "MailboxRelease": "",
    "Office": "",
    "PasswordExpires": False,
    "ProtocolSettings": ["RemotePowerShell§1"],
    "PublicFolderClientAccess": False,
    "RecipientThrottlingThreshold": "Standard",
    "ResetPasswordOnNextLogon": False,
    "ShouldUseDefaultRetentionPolicy": True,
    "UseArchiveDatabaseDefaults": False,
    "UserAccountControl": "NormalAccount",
    "VersionNumber": 0,
    "AddressListMembership": [
        "\\All Mailboxes(VLV)",
        "\\All Recipients(VLV)",
        "\\Default Global Address List",
        "\\Mailboxes(VLV)",
    ],
}


def _defaults() -> dict[str, object]:
    found: dict[str, object] = dict(_TEXTS)
    found |= dict.fromkeys(_FALSE, False)
    found |= dict.fromkeys(_TRUE, True)
    found |= dict.fromkeys(_NONE)
    found |= {name: [] for name in _EMPTY_LISTS}
    found |= {f"CustomAttribute{number}": "" for number in range(1, 16)}
    return found


DEFAULTS = _defaults()
"""Each property with its value."""
