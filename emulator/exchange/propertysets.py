"""Which properties Get-EXOMailbox returns for which property set.  Pure.

From Microsoft's "Property sets in Exchange Online PowerShell module cmdlets".
"""

from functools import lru_cache


def _names(text: str) -> frozenset[str]:
    return frozenset(text.lower().split())


MINIMUM = _names(
    """Identity Id Name Alias DisplayName DistinguishedName Guid ExternalDirectoryObjectId
    UserPrincipalName PrimarySmtpAddress EmailAddresses RecipientType RecipientTypeDetails
    OrganizationId ExchangeVersion"""
)
STATISTICS_MINIMUM = _names(
    """Identity MailboxGuid DisplayName ItemCount DeletedItemCount TotalItemSize
    TotalDeletedItemSize"""
)
"""What Get-EXOMailboxStatistics returns beside the properties that are asked for."""
_SETS = {
    "minimum": MINIMUM,
    "addresslist": _names(
        """AddressBookPolicy AddressListMembership GlobalAddressListFromAddressBookPolicy
        GeneratedOfflineAddressBooks HiddenFromAddressListsEnabled OfflineAddressBook"""
    ),
    "archive": _names(
        """ArchiveDatabase ArchiveDomain ArchiveGuid ArchiveName ArchiveQuota ArchiveRelease
        ArchiveState ArchiveStatus ArchiveWarningQuota AutoExpandingArchiveEnabled
        DisabledArchiveDatabase DisabledArchiveGuid JournalArchiveAddress"""
    ),
    "audit": _names(
        "AuditAdmin AuditDelegate AuditEnabled AuditLogAgeLimit AuditOwner DefaultAuditSet"
    ),
    "custom": frozenset(
        [
            *(f"customattribute{number}" for number in range(1, 16)),
            *(f"extensioncustomattribute{number}" for number in range(1, 6)),
        ]
    ),
    "delivery": _names(
        """AcceptMessagesOnlyFrom AcceptMessagesOnlyFromDLMembers
        AcceptMessagesOnlyFromSendersOrMembers DeliverToMailboxAndForward
        DowngradeHighPriorityMessagesEnabled ForwardingAddress ForwardingSmtpAddress
        GrantSendOnBehalfTo MaxBlockedSenders MaxReceiveSize MaxSafeSenders MaxSendSize
        MessageCopyForSendOnBehalfEnabled MessageCopyForSentAsEnabled
        MessageRecallProcessingEnabled MessageTrackingReadStatusEnabled RecipientLimits
        RejectMessagesFrom RejectMessagesFromDLMembers RejectMessagesFromSendersOrMembers
        RulesQuota"""
    ),
    "hold": _names(
        """ComplianceTagHoldApplied DelayHoldApplied InPlaceHolds InactiveMailboxRetireTime
        LitigationHoldDate LitigationHoldDuration LitigationHoldEnabled LitigationHoldOwner"""
    ),
    "moderation": _names(
        """BypassModerationFromSendersOrMembers ModeratedBy ModerationEnabled
        SendModerationNotifications"""
    ),
    "move": _names(
        """MailboxMoveBatchName MailboxMoveFlags MailboxMoveRemoteHostName MailboxMoveSourceMDB
        MailboxMoveStatus MailboxMoveTargetMDB"""
    ),
    "policy": _names(
        """AddressBookPolicy DataEncryptionPolicy EffectivePublicFolderMailbox
        ManagedFolderMailboxPolicy RemoteAccountPolicy RetentionPolicy RetentionUrl
        RoleAssignmentPolicy SharingPolicy ThrottlingPolicy"""
    ),
    "publicfolder": _names(
        """DefaultPublicFolderMailbox EffectivePublicFolderMailbox IsExcludedFromServingHierarchy
        IsHierarchyReady IsHierarchySyncEnabled IsRootPublicFolderMailbox"""
    ),
    "quota": _names(
        """ArchiveQuota ArchiveWarningQuota CalendarLoggingQuota IssueWarningQuota
        ProhibitSendQuota ProhibitSendReceiveQuota RecoverableItemsQuota
        RecoverableItemsWarningQuota RulesQuota UseDatabaseQuotaDefaults"""
    ),
    "resource": _names(
        "IsResource ResourceCapacity ResourceCustom ResourceType RoomMailboxAccountEnabled"
    ),
    "retention": _names(
        """EndDateForRetentionHold OrphanSoftDeleteTrackingTime RetainDeletedItemsFor
        RetainDeletedItemsUntilBackup RetentionComment RetentionHoldEnabled RetentionPolicy
        RetentionUrl SingleItemRecoveryEnabled StartDateForRetentionHold
        UseDatabaseRetentionDefaults"""
    ),
    "scl": _names(
        """AntispamBypassEnabled SCLDeleteEnabled SCLDeleteThreshold SCLJunkEnabled
        SCLJunkThreshold SCLQuarantineEnabled SCLQuarantineThreshold SCLRejectEnabled
        SCLRejectThreshold"""
    ),
    "softdelete": _names(
        """IncludeInGarbageCollection IsInactiveMailbox IsSoftDeletedByDisable
        IsSoftDeletedByRemove WhenSoftDeleted"""
    ),
    "statisticsseed": _names("ArchiveDatabaseGuid DatabaseGuid ExchangeGuid"),
}
_ALL = "all"


@lru_cache(256)
def chosen_properties(property_sets: str, extra: frozenset[str]) -> frozenset[str]:
    """Return the names (in lower case) that *property_sets* and *extra* choose; empty is all."""
    names = {each.strip().lower() for each in property_sets.split(",") if each.strip()}
    if _ALL in names:
        return frozenset()
    sets = [_SETS.get(name, frozenset()) for name in names or {"minimum"}]
    return MINIMUM.union(extra, *sets)
